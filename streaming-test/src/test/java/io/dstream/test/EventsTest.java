package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.event.OutputInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {

    private final Recorder observer = new Recorder();
    private final TestStreamingContext test = new TestStreamingContext(config -> config.withObserver(observer));
    private final TestInput<Integer> numbers = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchIsToldFromItsSubmissionToItsEndInOrder() {
        numbers.stream().foreachRDD(rdd -> {}).named("one");
        numbers.stream().foreachRDD(rdd -> {}).named("two");
        test.runBatch();
        assertThat(observer.log())
                .containsExactly(
                        "pipeline ACTIVE",
                        "batch QUEUED",
                        "batch PROCESSING",
                        "output one started",
                        "output one succeeded",
                        "output two started",
                        "output two succeeded",
                        "batch COMMITTED");
    }

    @Test
    void aPipelineIsToldToBeActiveBeforeThereIsAThreadThatCouldTellOfABatch() {
        Queue<String> threadsAtStart = new ConcurrentLinkedQueue<>();
        StreamingListener atStart = new StreamingListener() {
            @Override
            public void onPipelineChanged(PipelineInfo pipeline) {
                if (pipeline.state() == PipelineInfo.State.ACTIVE) {
                    Thread.getAllStackTraces().keySet().forEach(thread -> threadsAtStart.add(thread.getName()));
                }
            }
        };
        try (TestStreamingContext watched = new TestStreamingContext(config -> config.withObserver(atStart))) {
            StreamingContext orders = watched.context().pipeline("orders-told");
            orders.queueStream(new ConcurrentLinkedQueue<RDD<Integer>>()).foreachRDD(rdd -> {});
            watched.context().start();
        }
        assertThat(threadsAtStart)
                .isNotEmpty()
                .doesNotContain("dstream-orders-told-ticker", "dstream-orders-told-batches");
    }

    @Test
    void anOutputHasTheSameIdInEveryBatchAlsoIfOneBeforeItIsNotDue() {
        numbers.stream().window(Duration.ofSeconds(2), Duration.ofSeconds(2)).foreachRDD(rdd -> {});
        numbers.stream().foreachRDD(rdd -> {});
        assertThat(test.runBatches(2))
                .extracting(batch ->
                        batch.outputs().stream().map(OutputInfo::output).toList())
                .containsExactly(List.of("foreachRDD-1"), List.of("foreachRDD-0", "foreachRDD-1"));
    }

    @Test
    void aBatchInWhichNoOutputIsDueEndsLikeAnyOther() {
        numbers.stream().window(Duration.ofSeconds(2), Duration.ofSeconds(2)).foreachRDD(rdd -> {});
        numbers.push(1, 2);
        BatchInfo batch = test.runBatch();
        assertThat(batch.status()).isEqualTo(Status.COMMITTED);
        assertThat(batch.numRecords()).isEqualTo(2);
        assertThat(batch.outputs()).isEmpty();
        assertThat(observer.log())
                .containsExactly("pipeline ACTIVE", "batch QUEUED", "batch PROCESSING", "batch COMMITTED");
    }

    @Test
    void aBatchKnowsItsTimesRecordsAndDelays() {
        numbers.stream().foreachRDD(rdd -> {});
        numbers.push(1, 2, 3);
        BatchInfo batch = test.runBatch();
        assertThat(batch.pipeline()).isEqualTo("default");
        assertThat(batch.batchTime()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(batch.inputs()).containsExactly(new InputInfo("queue-0", 3, ""));
        assertThat(batch.numRecords()).isEqualTo(3);
        assertThat(batch.schedulingDelay()).isZero();
        assertThat(batch.processingDelay()).isZero();
        assertThat(batch.totalDelay()).isZero();
        assertThat(batch.failureReason()).isNull();
        BatchInfo queued = new BatchInfo(
                "p", Instant.EPOCH, Status.QUEUED, batch.inputs(), Instant.EPOCH, null, null, batch.outputs(), null);
        assertThat(queued.schedulingDelay()).isNull();
        assertThat(queued.processingDelay()).isNull();
        assertThat(queued.totalDelay()).isNull();
    }

    @Test
    void theHistoryHasTheNewestBatchFirst() {
        numbers.stream().foreachRDD(rdd -> {});
        test.runBatches(3);
        assertThat(test.context().batches())
                .extracting(batch -> batch.batchTime().getEpochSecond())
                .containsExactly(3L, 2L, 1L);
    }

    @Test
    void theHistoryIsBounded() {
        numbers.stream().foreachRDD(rdd -> {});
        test.runBatches(1_010);
        assertThat(test.context().batches()).hasSize(1_000);
        assertThat(test.context().batches().get(999).batchTime()).isEqualTo(Instant.ofEpochSecond(11));
    }

    @Test
    void aListenerHearsTheEventsOnAThreadOfItsOwn() throws Exception {
        Recorder listener = new Recorder();
        test.context().addStreamingListener(listener);
        numbers.stream().foreachRDD(rdd -> {});
        test.runBatch();
        assertThat(listener.awaitBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void aListenerThatBlocksDelaysNoBatch() {
        CountDownLatch release = new CountDownLatch(1);
        test.context().addStreamingListener(new BlockingListener(release));
        numbers.stream().foreachRDD(rdd -> {});
        assertThat(test.runBatches(50)).allMatch(batch -> batch.status() == Status.COMMITTED);
        release.countDown();
    }

    @Test
    void aListenerThatBlocksMissesEventsAndTheyAreCounted() {
        CountDownLatch release = new CountDownLatch(1);
        test.context().addStreamingListener(new BlockingListener(release));
        numbers.stream().foreachRDD(rdd -> {});
        test.runBatches(2_100);
        assertThat(test.context().droppedEvents()).isPositive();
        release.countDown();
    }

    @Test
    void listenersThatThrowConcernNobodyElse() throws Exception {
        Recorder listener = new Recorder();
        test.context().addStreamingListener(new StreamingListener() {
            @Override
            public void onBatchStarted(BatchInfo batch) {
                throw new IllegalStateException("listener");
            }
        });
        test.context().addStreamingListener(listener);
        numbers.stream().foreachRDD(rdd -> {});
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        assertThat(listener.awaitBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void aRemovedListenerHearsNothing() throws Exception {
        Recorder removed = new Recorder();
        Recorder kept = new Recorder();
        test.context().addStreamingListener(removed);
        test.context().addStreamingListener(kept);
        test.context().removeStreamingListener(removed);
        numbers.stream().foreachRDD(rdd -> {});
        test.runBatch();
        kept.awaitBatch();
        assertThat(removed.log()).isEmpty();
    }

    /** Waits at its first event. */
    private record BlockingListener(CountDownLatch release) implements StreamingListener {

        @Override
        public void onBatchSubmitted(BatchInfo batch) {
            try {
                release.await();
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
