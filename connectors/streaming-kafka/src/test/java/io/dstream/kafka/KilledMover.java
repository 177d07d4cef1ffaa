package io.dstream.kafka;

import io.dstream.PairDStream;
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

    /** What it reads the topic by. */
    enum Stream {
        DIRECT,
        /** With the write-ahead log; some values may come more than once. */
        RECEIVER
    }

    private final Path files;
    private final long all;

    private KilledMover(Path files, long all) {
        this.files = files;
        this.all = all;
    }

    /**
     * Runs until it is killed.
     *
     * @param arguments the kind of stream, brokers, topic, directory for checkpoints, directory for files, how many values there are
     *     going to be, and, for a direct stream, the topics that they are moved to, and of dead letters
     */
    public static void main(String[] arguments) throws InterruptedException {
        long perSecond = PER_BATCH * 1_000L / INTERVAL.toMillis();
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(INTERVAL)
                .withParallelism(1)
                .withObserver(new Halt())
                .withCheckpointDirectory(Path.of(arguments[3]))
                .withWriteAheadLog(true)
                .withConnectorSettings(KafkaSettings.defaults().withMaxRatePerPartition(perSecond));
        config = config.withReceiver(config.receiver().withMaxRate(perSecond).withBlockInterval(INTERVAL.dividedBy(2)));
        try (StreamingContext context = new StreamingContext(config)) {
            KilledMover mover = new KilledMover(Path.of(arguments[4]), Long.parseLong(arguments[5]));
            switch (Stream.valueOf(arguments[0])) {
                case DIRECT -> mover.defineDirect(context, arguments[1], arguments[2], arguments[6], arguments[7]);
                case RECEIVER -> mover.defineReceiver(context, arguments[1], arguments[2]);
            }
            context.start();
            context.awaitTermination();
        }
    }

    /** With a member that takes the place of the one that was killed. */
    private static Map<String, Object> params(String brokers) {
        return Map.of(
                "bootstrap.servers",
                brokers,
                "group.id",
                "killed-mover",
                "group.instance.id",
                "mover",
                "key.deserializer",
                StringDeserializer.class,
                "value.deserializer",
                StringDeserializer.class,
                "auto.offset.reset",
                "earliest");
    }

    private void defineReceiver(StreamingContext context, String brokers, String topic) {
        PairDStream<String, String> stream = KafkaUtils.createStream(context, params(brokers), Map.of(topic, 2));
        stream.foreachRDD((rdd, time) -> save("values", time, rdd.values().collect()));
        stream.mapToPair(Pair::swap)
                .<Boolean>updateStateByKey((keys, known) -> Optional.of(true))
                .foreachRDD((rdd, time) -> tell(time, rdd.count()));
    }

    private void defineDirect(StreamingContext context, String brokers, String topic, String target, String letters) {
        DirectKafkaDStream<String, String> stream = KafkaUtils.createDirectStream(
                context,
                LocationStrategies.PreferConsistent(),
                ConsumerStrategies.Subscribe(List.of(topic), params(brokers)));
        stream.map(record -> record.partition() + " " + record.value())
                .foreachRDD((rdd, time) -> save("values", time, rdd.collect()));
        Map<String, Object> producer = Map.of(
                "bootstrap.servers",
                brokers,
                "key.serializer",
                StringSerializer.class,
                "value.serializer",
                StringSerializer.class);
        stream.onError(OnError.deadLetter(producer, letters))
                .filter(record -> KilledMover.isMoved(record.value()))
                .saveTo(KafkaSink.records(
                        producer,
                        target,
                        record -> new ProducerRecord<>(target, record.partition(), record.key(), record.value())))
                .named("moved");
        stream.window(INTERVAL.multipliedBy(4)).foreachRDD((rdd, time) -> save("window", time, List.of(rdd.count())));
        stream.mapToPair(record -> Pair.of(record.partition(), 1L))
                .<Long>updateStateByKey((ones, count) -> Optional.of(count.orElse(0L) + ones.size()))
                .foreachRDD((rdd, time) ->
                        tell(time, rdd.collect().stream().mapToLong(Pair::value).sum()));
    }

    private static boolean isMoved(String value) {
        if (isPoison(value)) {
            throw new IllegalArgumentException("poison");
        }
        return true;
    }

    /** Whether it is a dead letter in place of a value of the topic. */
    static boolean isPoison(String value) {
        return value.endsWith("7");
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

    private void tell(Instant time, long moved) {
        System.out.println(moved == all ? "all" : "batch " + time);
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
