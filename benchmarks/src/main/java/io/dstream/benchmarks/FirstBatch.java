package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;

/** W6 on the engine: a pipeline counts the words of one batch, prints how many there are, and stops. */
final class FirstBatch {

    private FirstBatch() {}

    /** No arguments. */
    public static void main(String[] args) throws InterruptedException {
        CountDownLatch printed = new CountDownLatch(1);
        StreamingConfig config =
                StreamingConfig.defaults().withParallelism(Pipeline.THREADS).withBatchInterval(Duration.ofMillis(10));
        try (StreamingContext context = new StreamingContext(config)) {
            Queue<RDD<String>> queue = Pipeline.queue();
            queue.add(context.parallelize(FirstCount.LINES));
            context.queueStream(queue)
                    .flatMap(line -> Arrays.asList(line.split(" ", -1)).iterator())
                    .mapToPair(word -> Pair.of(word, 1L))
                    .reduceByKey(Long::sum)
                    .foreachRDD(rdd -> {
                        if (printed.getCount() > 0) {
                            System.out.println(rdd.count() + " words");
                            printed.countDown();
                        }
                    });
            context.start();
            printed.await();
        }
    }
}
