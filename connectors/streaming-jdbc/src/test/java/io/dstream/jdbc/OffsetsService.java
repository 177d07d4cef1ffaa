package io.dstream.jdbc;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.kafka.ConsumerStrategies;
import io.dstream.kafka.ConsumerStrategy;
import io.dstream.kafka.DirectKafkaDStream;
import io.dstream.kafka.HasOffsetRanges;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.LocationStrategies;
import io.dstream.kafka.OffsetRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * An instance of a service that writes the numbers of a topic into a database, and its offsets with them. A process of its own, whose
 * standard output tells how far it has come.
 */
final class OffsetsService {

    private static final Duration INTERVAL = Duration.ofMillis(20);
    private static final int PER_BATCH = 50; // of each partition

    private OffsetsService() {}

    /**
     * Runs until it is killed, or halts.
     *
     * @param arguments URL of the database; brokers; topic; directory for checkpoints; how many numbers there are; at which step and
     *     occurrence it says so and waits for a line
     */
    public static void main(String[] arguments) throws Exception {
        WatchedDataSource dataSource = new WatchedDataSource(TestDatabase.dataSource(arguments[0]));
        MovingService.waitAt(Step.valueOf(arguments[5]), Integer.parseInt(arguments[6]), dataSource);
        StreamingContext context =
                new StreamingContext(config(Path.of(arguments[3])).withObserver(MovingService.halt()));
        define(context, dataSource, arguments[1], arguments[2], Long.parseLong(arguments[4]));
        System.out.println("starting");
        context.start();
        context.awaitTermination();
    }

    static StreamingConfig config(Path directory) {
        return StreamingConfig.defaults()
                .withBatchInterval(INTERVAL)
                .withParallelism(2)
                .withCheckpointDirectory(directory)
                .withConnectorSettings(
                        KafkaSettings.defaults().withMaxRatePerPartition(PER_BATCH * 1_000L / INTERVAL.toMillis()));
    }

    static void define(StreamingContext context, DataSource dataSource, String brokers, String topic, long all) {
        ConsumerStrategy<String, String> strategy = ConsumerStrategies.Subscribe(
                List.of(topic),
                Map.of(
                        "bootstrap.servers",
                        brokers,
                        "group.id",
                        "numbers",
                        "key.deserializer",
                        StringDeserializer.class,
                        "value.deserializer",
                        StringDeserializer.class,
                        "auto.offset.reset",
                        "earliest"));
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                context,
                LocationStrategies.PreferConsistent(),
                strategy.withOffsetStore(JdbcOffsetStore.of(dataSource)));
        stream.map(record -> Long.parseLong(record.value()))
                .saveTo(MovingService.sink(dataSource).inTransaction(stream::saveOffsets))
                .named("numbers");
        stream.foreachRDD(rdd -> {
            OffsetRange[] ranges = HasOffsetRanges.of(rdd).offsetRanges();
            if (Arrays.stream(ranges).mapToLong(OffsetRange::untilOffset).sum() == all
                    && Arrays.stream(ranges).anyMatch(range -> range.count() > 0)) {
                System.out.println("moved");
            }
        });
    }
}
