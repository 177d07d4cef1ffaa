package io.dstream.kafka;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import io.dstream.rdd.Pair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A service that is killed: it moves the values of a topic into files, one for each batch, and into another topic, counts them, and
 * remembers those of a window. A process of its own, whose standard output tells of each batch, and that it has moved all.
 */
final class KilledMover {

    static final Duration INTERVAL = Duration.ofMillis(50);
    static final int PER_BATCH = 250; // of each partition

    private final Path files;
    private final long all;

    private KilledMover(Path files, long all) {
        this.files = files;
        this.all = all;
    }

    /**
     * Runs until it is killed.
     *
     * @param arguments brokers, topic, directory for checkpoints, directory for files, how many values there are going to be, and the
     *     topic that they are moved to
     */
    public static void main(String[] arguments) throws InterruptedException {
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(INTERVAL)
                .withParallelism(1)
                .withObserver(new Halt())
                .withCheckpointDirectory(Path.of(arguments[2]))
                .withConnectorSettings(
                        KafkaSettings.defaults().withMaxRatePerPartition(PER_BATCH * 1_000L / INTERVAL.toMillis()));
        try (StreamingContext context = new StreamingContext(config)) {
            new KilledMover(Path.of(arguments[3]), Long.parseLong(arguments[4]))
                    .define(context, arguments[0], arguments[1], arguments[5]);
            context.start();
            context.awaitTermination();
        }
    }

    private void define(StreamingContext context, String brokers, String topic, String target) {
        Map<String, Object> params = Map.of(
                "bootstrap.servers",
                brokers,
                "group.id",
                "killed-mover",
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class,
                "auto.offset.reset",
                "earliest");
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                context, LocationStrategies.PreferConsistent(), ConsumerStrategies.Subscribe(List.of(topic), params));
        stream.map(record -> record.partition() + " " + record.value())
                .foreachRDD((rdd, time) -> save("values", time, rdd.collect()));
        Map<String, Object> producer = Map.of(
                "bootstrap.servers",
                brokers,
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class);
        stream.saveTo(KafkaSink.records(
                        producer,
                        target,
                        record -> new ProducerRecord<>(target, record.partition(), record.key(), record.value())))
                .named("moved");
        stream.window(INTERVAL.multipliedBy(4)).foreachRDD((rdd, time) -> save("window", time, List.of(rdd.count())));
        stream.mapToPair(record -> Pair.of(record.partition(), 1L))
                .<Long>updateStateByKey((ones, count) -> Optional.of(count.orElse(0L) + ones.size()))
                .foreachRDD((rdd, time) -> tell(time, rdd.collect()));
    }

    /** The same batch has the same rows, however often it is run. */
    private void save(String output, Instant time, List<?> rows) {
        Path file = files.resolve(output).resolve(String.format("%016d", time.toEpochMilli()));
        List<String> lines = rows.stream().map(String::valueOf).toList();
        try {
            if (Files.exists(file) && !Files.readAllLines(file).equals(lines)) {
                System.out.println(output + " of batch " + time + " is not what it was");
                Runtime.getRuntime().halt(1);
            }
            Files.createDirectories(file.getParent());
            Path part = Files.write(file.resolveSibling("part"), lines);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void tell(Instant time, List<Pair<Integer, Long>> counts) {
        long sum = counts.stream().mapToLong(Pair::value).sum();
        System.out.println(sum == all ? "all" : "batch " + time);
    }

    /** Tells what the pipeline has halted on, and ends the process. */
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
