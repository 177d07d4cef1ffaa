package io.dstream.benchmarks;

import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.StreamingListener;
import io.dstream.function.Function;
import io.dstream.kafka.ConsumerStrategies;
import io.dstream.kafka.ConsumerStrategy;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.KafkaUtils;
import io.dstream.rdd.Pair;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** The records of a topic are counted by key, in each batch of them. A unit is all records of the topic. */
final class KafkaCounts {

    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final long BATCHES_PER_SECOND = Duration.ofSeconds(1).dividedBy(INTERVAL);
    private static final int PER_BATCH = 100_000;
    private static final int WARMINGS = 5;
    private static final int PER_WARMING_BATCH = PER_BATCH / 10;
    private static final int PER_SECOND = 10_000;
    private static final int LONGEST_MILLIS = 60_000;

    /** A way to count the whole topic. */
    @FunctionalInterface
    private interface Counting {

        /** Returns how many records it has counted. */
        long count(int perBatch) throws Exception;
    }

    private KafkaCounts() {}

    static Workload engine() throws Exception {
        return warmed(perBatch -> countByEngine(perBatch, context -> KafkaUtils.createDirectStream(context, strategy())
                .mapToPair(record -> Pair.of(record.key(), 1L))));
    }

    /** Of a stream that keeps the keys alone. */
    static Workload engineWithHandler() throws Exception {
        return warmed(perBatch -> countByEngine(
                perBatch, context -> KafkaUtils.createDirectStream(context, strategy(), ConsumerRecord::key)
                        .mapToPair(key -> Pair.of(key, 1L))));
    }

    static Workload plain() throws Exception {
        return warmed(KafkaCounts::countInALoop);
    }

    /** What runs once in a batch is compiled after thousands of times, so there were many small ones: a service runs for long. */
    private static Workload warmed(Counting counting) throws Exception {
        repeat(counting, WARMINGS, PER_WARMING_BATCH);
        return units -> repeat(counting, units, PER_BATCH);
    }

    private static void repeat(Counting counting, int times, int perBatch) throws Exception {
        for (int i = 0; i < times; i++) {
            Workload.check("records", counting.count(perBatch), KafkaTopic.RECORDS);
        }
    }

    private static long countByEngine(int perBatch, Function<StreamingContext, PairDStream<String, Long>> stream)
            throws Exception {
        KafkaSettings rates =
                KafkaSettings.defaults().withMaxRatePerPartition(perBatch * BATCHES_PER_SECOND / KafkaTopic.PARTITIONS);
        AtomicLong counted = new AtomicLong();
        try (Pipeline pipeline = new Pipeline(
                config -> config.withBatchInterval(INTERVAL).withConnectorSettings(rates),
                new StreamingListener() {})) {
            stream.call(pipeline.context())
                    .reduceByKey(Long::sum)
                    .foreachRDD(rdd -> rdd.foreachPartition(counts -> counted.addAndGet(WordCount.sumOf(counts))));
            pipeline.context().start();
            while (counted.get() < KafkaTopic.RECORDS) {
                pipeline.runBatch();
            }
        }
        return counted.get();
    }

    private static long countInALoop(int perBatch) {
        KafkaTopic topic = KafkaTopic.ofOptions();
        long polled = 0;
        int left = perBatch;
        long counted = 0;
        Map<String, Counter> counts = new HashMap<>();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(topic.consumerParams())) {
            consumer.subscribe(List.of(topic.name()));
            while (polled < KafkaTopic.RECORDS) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(250))) {
                    counts.computeIfAbsent(record.key(), absent -> new Counter()).value++;
                    polled++;
                    left--;
                    if (left == 0) {
                        left = perBatch;
                        counted += sumOf(counts);
                        counts.clear();
                        if (polled % (perBatch * BATCHES_PER_SECOND) == 0) { // as a stream does
                            consumer.commitAsync();
                        }
                    }
                }
            }
        }
        return counted;
    }

    private static long sumOf(Map<String, Counter> counts) {
        return counts.values().stream().mapToLong(count -> count.value).sum();
    }

    /**
     * Counts records that another process sends, in batches of 50 ms.
     *
     * @return the 99th percentile of the seconds from when a record is sent to when an output has it, in the second half of the time
     */
    static double latency(int seconds) throws Exception {
        KafkaTopic topic = KafkaTopic.ofOptions();
        AtomicLongArray latencies = new AtomicLongArray(LONGEST_MILLIS); // how many records, by milliseconds
        AtomicLong seen = new AtomicLong();
        long records = (long) seconds * PER_SECOND;
        StreamingConfig config =
                StreamingConfig.defaults().withParallelism(Pipeline.THREADS).withBatchInterval(INTERVAL);
        try (StreamingContext context = new StreamingContext(config)) {
            KafkaUtils.createDirectStream(context, strategy()).foreachRDD(rdd -> {
                for (ConsumerRecord<String, String> record : rdd.collect()) {
                    long latency = System.currentTimeMillis() - record.timestamp();
                    if (seen.incrementAndGet() > records / 2) {
                        latencies.incrementAndGet((int) Math.min(latency, LONGEST_MILLIS - 1));
                    }
                }
            });
            context.start();
            Process sender = Forked.start(
                    KafkaSender.class,
                    topic.brokers(),
                    topic.name(),
                    String.valueOf(PER_SECOND),
                    String.valueOf(records));
            Workload.await("records", seen::get, records);
            sender.waitFor();
        }
        Workload.check("records", seen.get(), records);
        return percentile(latencies, records - records / 2) / 1e3;
    }

    private static int percentile(AtomicLongArray latencies, long records) {
        long below = 0;
        int millis = 0;
        while (below < records * 0.99) {
            below += latencies.get(millis);
            millis++;
        }
        return millis;
    }

    private static ConsumerStrategy<String, String> strategy() {
        KafkaTopic topic = KafkaTopic.ofOptions();
        return ConsumerStrategies.Subscribe(List.of(topic.name()), topic.consumerParams());
    }
}
