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

/** The records of a topic are counted by key, in each batch of them. A unit is a million records. */
final class KafkaCounts {

    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final int PER_BATCH = 100_000;
    private static final long PER_SECOND_OF_BATCHES =
            PER_BATCH * Duration.ofSeconds(1).dividedBy(INTERVAL);
    private static final int WARMINGS = 8;
    private static final int PER_SECOND = 10_000;
    private static final int LONGEST_MILLIS = 60_000;

    private KafkaCounts() {}

    static Workload engine() throws Exception {
        return engine(context ->
                KafkaUtils.createDirectStream(context, strategy()).mapToPair(record -> Pair.of(record.key(), 1L)));
    }

    /** Of a stream that keeps the keys alone. */
    static Workload engineWithHandler() throws Exception {
        return engine(context -> KafkaUtils.createDirectStream(context, strategy(), ConsumerRecord::key)
                .mapToPair(key -> Pair.of(key, 1L)));
    }

    private static Workload engine(Function<StreamingContext, PairDStream<String, Long>> stream) throws Exception {
        KafkaSettings rates =
                KafkaSettings.defaults().withMaxRatePerPartition(PER_SECOND_OF_BATCHES / KafkaTopic.PARTITIONS);
        return warmed(units -> {
            long records = (long) units * KafkaTopic.PER_UNIT;
            AtomicLong counted = new AtomicLong();
            try (Pipeline pipeline = new Pipeline(
                    config -> config.withBatchInterval(INTERVAL).withConnectorSettings(rates),
                    new StreamingListener() {})) {
                stream.call(pipeline.context())
                        .reduceByKey(Long::sum)
                        .foreachRDD(rdd -> rdd.foreachPartition(counts -> counted.addAndGet(WordCount.sumOf(counts))));
                pipeline.context().start();
                while (counted.get() < records) {
                    pipeline.runBatch();
                }
            }
            Workload.check("records", counted.get(), records);
        });
    }

    static Workload plain() throws Exception {
        KafkaTopic topic = KafkaTopic.ofOptions();
        return warmed(units -> {
            long records = (long) units * KafkaTopic.PER_UNIT;
            long polled = 0;
            long counted = 0;
            Map<String, Counter> counts = new HashMap<>();
            try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(topic.consumerParams())) {
                consumer.subscribe(List.of(topic.name()));
                while (polled < records) {
                    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(250))) {
                        counts.computeIfAbsent(record.key(), absent -> new Counter()).value++;
                        polled++;
                        if (polled % PER_BATCH == 0) {
                            counted += sumOf(counts);
                            counts.clear();
                        }
                        if (polled % PER_SECOND_OF_BATCHES == 0) { // as a stream does
                            consumer.commitAsync();
                        }
                    }
                }
            }
            Workload.check("records", counted, records);
        });
    }

    private static long sumOf(Map<String, Counter> counts) {
        return counts.values().stream().mapToLong(count -> count.value).sum();
    }

    /** After the compiler has seen the whole topic a few times: a service runs for long. */
    private static Workload warmed(Workload workload) throws Exception {
        for (int i = 0; i < WARMINGS; i++) {
            workload.run(KafkaTopic.UNITS);
        }
        return workload;
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
