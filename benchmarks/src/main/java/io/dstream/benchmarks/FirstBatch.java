package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.rdd.RDD;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** W6 on the engine: a pipeline counts the words of a file in one batch, prints the sum, and stops. */
final class FirstBatch {

    private FirstBatch() {}

    /** Argument: the file. */
    public static void main(String[] args) throws IOException, InterruptedException {
        CountDownLatch printed = new CountDownLatch(1);
        StreamingConfig config =
                StreamingConfig.defaults().withParallelism(Pipeline.THREADS).withBatchInterval(Duration.ofMillis(10));
        try (StreamingContext context = new StreamingContext(config)) {
            Queue<RDD<String>> queue = Pipeline.queue();
            queue.add(context.parallelize(Files.readAllLines(Path.of(args[0]))));
            WordCount.counts(context.queueStream(queue)).foreachRDD(rdd -> {
                AtomicLong counted = new AtomicLong();
                rdd.foreachPartition(counts -> counted.addAndGet(WordCount.sumOf(counts)));
                if (printed.getCount() > 0) {
                    System.out.println(counted);
                    printed.countDown();
                }
            });
            context.start();
            printed.await();
        }
    }
}
