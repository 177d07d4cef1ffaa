package io.dstream.jdbc;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.kafka.DirectKafkaDStream;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.LocationStrategies;
import java.nio.file.Path;
import java.time.Duration;
import javax.sql.DataSource;

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
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                context,
                LocationStrategies.PreferConsistent(),
                NumberTopic.strategy(brokers, topic).withOffsetStore(JdbcOffsetStore.of(dataSource)));
        stream.map(record -> Long.parseLong(record.value()))
                .saveTo(MovingService.sink(dataSource).inTransaction(stream::saveOffsets))
                .named("numbers");
        stream.foreachRDD(rdd -> NumberTopic.tell(rdd, all));
    }
}
