package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Outputs may call actions on threads of their own. */
class OtherThreadsTest {

    private final TestStreamingContext test =
            new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)));
    private final TestInput<String> words = test.input();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void anActionThatOutlastsItsBatchFailsAsItGoesOnToReadStates() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        List<CompletableFuture<Long>> actions = new ArrayList<>();
        words.stream()
                .mapToPair(word -> Pair.of(word, 1))
                .<Integer>updateStateByKey(
                        (values, count) -> values.isEmpty() ? Optional.empty() : Optional.of(values.size()), 1)
                .foreachRDD(rdd -> {
                    if (actions.isEmpty()) {
                        actions.add(CompletableFuture.supplyAsync(() -> rdd.mapValues(count -> {
                                    reading.countDown();
                                    over.await();
                                    return count;
                                })
                                .count()));
                        reading.await();
                    }
                });
        words.push("a", "b", "c");
        test.runBatch();
        words.push("d");
        test.runBatch();
        over.countDown();
        assertThatThrownBy(actions.get(0)::get)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .rootCause()
                .hasMessageContaining("'updateStateByKey-0' belong to the batch 1000 ms")
                .hasMessageContaining("which is over");
    }

    /** The thread goes on to change the state when the batch waits for it, or has not waited for it. */
    @Test
    void aSkippedBatchUndoesAStateThatAnotherThreadStillChanges() {
        CountDownLatch changing = new CountDownLatch(1);
        AtomicBoolean skipped = new AtomicBoolean();
        CompletableFuture<Thread> batchThread = new CompletableFuture<>();
        CompletableFuture<?>[] action = new CompletableFuture<?>[1];
        var counts = words.stream().mapToPair(word -> Pair.of(word, 1)).<Integer>updateStateByKey((values, count) -> {
            if (changing.getCount() > 0) {
                changing.countDown();
                while (batchThread.join().getState() != Thread.State.BLOCKED && !skipped.get()) {
                    Thread.onSpinWait();
                }
            }
            return Optional.of(count.orElse(0) + values.size());
        });
        counts.foreachRDD(rdd -> {
            if (batchThread.complete(Thread.currentThread())) {
                action[0] = CompletableFuture.runAsync(rdd::count).exceptionally(itsBatchIsOver -> null);
                changing.await();
                throw new IllegalStateException("poison");
            }
        });
        TestOutput<Pair<String, Integer>> output = test.output(counts);
        words.push("a", "b");
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        skipped.set(true);
        action[0].join();
        words.push("a", "b");
        test.runBatch();
        assertThat(output.batches()).hasSize(1);
        assertThat(output.last()).containsExactlyInAnyOrder(Pair.of("a", 1), Pair.of("b", 1));
    }
}
