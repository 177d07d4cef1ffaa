package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.event.BatchInfo;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueStreamTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void aBatchTakesOneRddAndAnEmptyQueueGivesAnEmptyBatch() {
        add(1, 2);
        add(3);
        TestOutput<Integer> output = test.output(test.context().queueStream(queue));
        test.runBatches(3);
        assertThat(output.batches()).containsExactly(List.of(1, 2), List.of(3), List.of());
    }

    @Test
    void aBatchMayTakeAllThereAre() {
        add(1, 2);
        add(3);
        TestOutput<Integer> output = test.output(test.context().queueStream(queue, false));
        test.runBatches(2);
        assertThat(output.batches()).containsExactly(List.of(1, 2, 3), List.of());
    }

    @Test
    void whatIsAddedWhileThePipelineRunsIsSeen() {
        TestOutput<Integer> output = test.output(test.context().queueStream(queue));
        test.runBatch();
        add(1);
        test.runBatch();
        assertThat(output.batches()).containsExactly(List.of(), List.of(1));
    }

    @Test
    void whatIsLeftInTheQueueAtTheEndStaysThere() {
        add(1);
        add(2);
        TestOutput<Integer> output = test.output(test.context().queueStream(queue));
        test.runBatch();
        test.context().stop();
        assertThat(output.batches()).containsExactly(List.of(1));
        assertThat(queue).singleElement().satisfies(rdd -> assertThat(rdd.collect())
                .containsExactly(2));
    }

    @Test
    void anEmptyQueueGivesTheDefaultIfThereIsOne() {
        add(1);
        RDD<Integer> otherwise = test.context().parallelize(List.of(7, 8), 2);
        TestOutput<Integer> one = test.output(test.context().queueStream(queue, true, otherwise));
        List<BatchInfo> batches = test.runBatches(3);
        assertThat(one.batches()).containsExactly(List.of(1), List.of(7, 8), List.of(7, 8));
        assertThat(batches).extracting(BatchInfo::numRecords).containsExactly(1L, 2L, 2L);
    }

    @Test
    void anEmptyQueueGivesOnePartitionWithoutADefaultAndNoneWithTheDefaultNull() {
        List<Integer> partitions = new CopyOnWriteArrayList<>();
        queue.add(test.context().emptyRDD());
        test.context().queueStream(queue).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
        test.context().queueStream(queue, true, null).foreachRDD(rdd -> partitions.add(rdd.getNumPartitions()));
        test.runBatches(2);
        assertThat(partitions).containsExactly(0, 0, 1, 0);
    }

    @Test
    void theRowsOfABatchAreCounted() {
        add(1, 2, 3);
        test.context().queueStream(queue).foreachRDD(rdd -> {});
        assertThat(test.runBatches(2)).extracting(BatchInfo::numRecords).containsExactly(3L, 0L);
    }

    @Test
    void twoStreamsOfOneQueueShareWhatIsInIt() {
        add(1);
        add(2);
        DStream<Integer> first = test.context().queueStream(queue);
        TestOutput<Integer> output = test.output(first.union(test.context().queueStream(queue)));
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 2);
    }

    private void add(Integer... rows) {
        queue.add(test.context().parallelize(List.of(rows)));
    }
}
