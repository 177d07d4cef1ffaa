package io.dstream.jdbc;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.kafka.DirectKafkaDStream;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.KafkaUtils;
import io.dstream.kafka.LocationStrategies;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A service that is killed or stopped: it moves the numbers of a topic into two databases. A process of its own, whose standard output
 * tells how far it has come.
 */
final class MovingService {

    /** The tables. */
    static final String TABLE = "numbers";

    private static final int PER_BATCH = 200; // of each partition
    private static final int PARTITIONS = 4; // in transactions of their own

    private static final Duration INTERVAL = Duration.ofMillis(20);

    private MovingService() {}

    /**
     * Runs until it is killed, or halts.
     *
     * @param arguments URL of the first and of the second database; directory for checkpoints; brokers; topic; how many numbers there
     *     are; at which database, step and occurrence it says so and waits for a line; which database is written by partition
     */
    public static void main(String[] arguments) throws Exception {
        StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(INTERVAL)
                .withParallelism(2)
                .withCheckpointDirectory(Path.of(arguments[2]))
                .withConnectorSettings(
                        KafkaSettings.defaults().withMaxRatePerPartition(PER_BATCH * 1_000L / INTERVAL.toMillis()))
                .withObserver(halt()));
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                context, LocationStrategies.PreferConsistent(), NumberTopic.strategy(arguments[3], arguments[4]));
        DStream<Long> numbers = stream.map(record -> Long.parseLong(record.value()));
        for (int database = 0; database < 2; database++) {
            WatchedDataSource dataSource = new WatchedDataSource(TestDatabase.dataSource(arguments[database]));
            if (arguments[6].equals(Integer.toString(database))) {
                waitAt(Step.valueOf(arguments[7]), Integer.parseInt(arguments[8]), dataSource);
            }
            save(numbers, database, dataSource, arguments[9].equals(Integer.toString(database)));
        }
        long all = Long.parseLong(arguments[5]);
        stream.foreachRDD(rdd -> NumberTopic.tell(rdd, all));
        System.out.println("starting");
        context.start();
        context.awaitTermination();
    }

    /** As the output of a database, each batch in one transaction or each partition in one of its own. */
    static void save(DStream<Long> numbers, int database, DataSource dataSource, boolean byPartition) {
        JdbcSink<Long> sink = sink(dataSource).batchSize(PER_BATCH);
        (byPartition
                        ? numbers.repartition(PARTITIONS).saveTo(sink.transactionPerPartition(PARTITIONS))
                        : numbers.saveTo(sink))
                .named("database-" + database);
    }

    static JdbcSink<Long> sink(DataSource dataSource) {
        return JdbcSink.insert(dataSource, TABLE)
                .column("n", (Long number) -> number)
                .batchSize(30)
                .idleTimeout(Duration.ofSeconds(1));
    }

    static void waitAt(Step step, int occurrence, WatchedDataSource dataSource) {
        AtomicInteger left = new AtomicInteger(occurrence);
        dataSource.watch(reached -> {
            if (reached == step && left.decrementAndGet() == 0) {
                System.out.println("at " + step);
                readLine();
            }
        });
    }

    private static void readLine() throws SQLException {
        try {
            while (System.in.read() != '\n') {
                // until the test goes on
            }
        } catch (IOException failure) {
            throw new SQLException(failure);
        }
    }

    /** Tells what a pipeline has halted on, and ends the process. */
    static StreamingListener halt() {
        return new Halt();
    }

    private static final class Halt implements StreamingListener {

        @Override
        public void onPipelineChanged(PipelineInfo pipeline) {
            Throwable problem = pipeline.problem();
            if (pipeline.state() == PipelineInfo.State.FAILED && problem != null) {
                System.out.println("halted on " + problem.getClass().getSimpleName());
                Runtime.getRuntime().halt(3);
            }
        }
    }
}
