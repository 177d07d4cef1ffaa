package io.dstream.kafka;

import io.dstream.PairDStream;
import io.dstream.StreamingContext;
import io.dstream.function.Function;
import io.dstream.function.Functions;
import io.dstream.kafka.LocationStrategies.Preference;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.rdd.StorageLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.kafka.core.ConsumerFactory;

/** Streams and RDDs of the records of Kafka topics. */
public final class KafkaUtils {

    private KafkaUtils() {}

    /**
     * The records of topics, with the application's own consumer factory; see {@link #createDirectStream(StreamingContext,
     * LocationStrategy, ConsumerStrategy)}.
     *
     * @param consumers such as Spring Boot makes of {@code spring.kafka.*}
     * @param topics at least one
     * @throws IllegalArgumentException if there is no topic or one has no name
     */
    public static <K, V> DirectKafkaDStream<K, V> createDirectStream(
            StreamingContext context, ConsumerFactory<K, V> consumers, String... topics) {
        return createDirectStream(
                context, LocationStrategies.PreferConsistent(), ConsumerStrategy.subscribe(List.of(topics), consumers));
    }

    /** As {@link #createDirectStream(StreamingContext, LocationStrategy, ConsumerStrategy)}, since locations have no effect. */
    public static <K, V> DirectKafkaDStream<K, V> createDirectStream(
            StreamingContext context, ConsumerStrategy<K, V> strategy) {
        return createDirectStream(context, LocationStrategies.PreferConsistent(), strategy);
    }

    /**
     * The records of topics, without a receiver: at each tick the batch is given the offsets that have come since the last one, and
     * the records are read from Kafka by as many batches as need them. Rates are those of {@link KafkaSettings}.
     *
     * <p>With a checkpoint directory a restart goes on where it ended, with the same records in a batch that was not committed.
     * Without one it goes on at what is committed to the consumers' group, which is done when a batch is.
     *
     * <p>The records of the batch that runs and of the next one are in memory.
     *
     * @param location has no effect in one process
     * @param strategy which partitions are read, where they begin, and what makes the consumers
     */
    public static <K, V> DirectKafkaDStream<K, V> createDirectStream(
            StreamingContext context, LocationStrategy location, ConsumerStrategy<K, V> strategy) {
        return createDirectStream(
                context, location, strategy, KafkaSettings.of(context.config()).perPartition());
    }

    /**
     * As {@link #createDirectStream(StreamingContext, LocationStrategy, ConsumerStrategy)}, with a rate for each partition.
     *
     * @param perPartition how fast each partition is read
     */
    public static <K, V> DirectKafkaDStream<K, V> createDirectStream(
            StreamingContext context,
            LocationStrategy location,
            ConsumerStrategy<K, V> strategy,
            PerPartitionConfig perPartition) {
        return new DirectKafkaDStream<>(
                context, source(context, strategy, perPartition, (records, isUnwanted) -> records));
    }

    /**
     * What a function makes of the records of topics, each as soon as it is read; else as {@link #createDirectStream(StreamingContext,
     * LocationStrategy, ConsumerStrategy)}. In memory are the rows, and records only as far as they are read ahead of batches. That saves
     * memory, and the garbage collector's work, where little is needed of each record.
     *
     * <p>One thread reads all partitions and calls the function, and no more once the stream has stopped: what takes long belongs into an operator. If the function fails, the
     * batch does, as if an operator had; the stream has no {@link DirectKafkaDStream#onError}.
     *
     * @param strategy which partitions are read, where they begin, and what makes the consumers
     * @param messageHandler makes a row of each record, in the order of each partition's offsets, and again where a record is read again
     * @throws IllegalArgumentException if {@code strategy} or {@code messageHandler} is null
     */
    public static <K, V, R> KafkaDStream<R> createDirectStream(
            StreamingContext context,
            ConsumerStrategy<K, V> strategy,
            Function<ConsumerRecord<K, V>, R> messageHandler) {
        return createDirectStream(
                context, strategy, KafkaSettings.of(context.config()).perPartition(), messageHandler);
    }

    /**
     * As {@link #createDirectStream(StreamingContext, ConsumerStrategy, Function)}, with a rate for each partition.
     *
     * @param perPartition how fast each partition is read
     * @throws IllegalArgumentException if it is null, or another argument is as there
     */
    public static <K, V, R> KafkaDStream<R> createDirectStream(
            StreamingContext context,
            ConsumerStrategy<K, V> strategy,
            PerPartitionConfig perPartition,
            Function<ConsumerRecord<K, V>, R> messageHandler) {
        return new KafkaDStream<>(
                context,
                source(
                        context,
                        strategy,
                        perPartition,
                        new MessageHandler<>(Functions.require("messageHandler", messageHandler))));
    }

    private static <K, V, R> DirectStreamSource<K, V, R> source(
            StreamingContext context,
            ConsumerStrategy<K, V> strategy,
            PerPartitionConfig perPartition,
            RowMaker<K, V, R> rowMaker) {
        return new DirectStreamSource<>(
                Functions.requireNotNull("strategy", strategy),
                KafkaSettings.of(context.config()),
                Functions.requireNotNull("perPartition", perPartition),
                context.config().failure()::isAway,
                rowMaker);
    }

    /** As {@link #createStream(StreamingContext, ConsumerFactory, Map, StorageLevel)}, in memory. */
    public static <K, V> PairDStream<K, V> createStream(
            StreamingContext context, ConsumerFactory<K, V> consumers, Map<String, Integer> topics) {
        return createStream(context, consumers, topics, StorageLevel.MEMORY_ONLY);
    }

    /**
     * Keys and values of the records of topics, which a receiver reads as a member of the consumers' group: Kafka shares partitions
     * out among all members, also those of other instances. Each record is in a batch at least once. Offsets are committed when the
     * records are stored, so with the write-ahead log a crash loses nothing, and without it what was stored and not processed.
     * {@link #createDirectStream(StreamingContext, ConsumerFactory, String...)} has each record in exactly one batch.
     *
     * <p>Partitions of an RDD are blocks, and have nothing to do with those of topics.
     *
     * @param consumers such as Spring Boot makes of {@code spring.kafka.*}, with a {@code group.id}
     * @param topics by name, by how many consumers each is read, at least 1; at least one topic
     * @param storageLevel where records are kept until their batch has ended; not {@link StorageLevel#NONE}
     * @throws IllegalArgumentException if something is null, there is no topic, one has no name, or a number or the level is not allowed
     */
    public static <K, V> PairDStream<K, V> createStream(
            StreamingContext context,
            ConsumerFactory<K, V> consumers,
            Map<String, Integer> topics,
            StorageLevel storageLevel) {
        KafkaReceiver<K, V> receiver = new KafkaReceiver<>(
                Functions.requireNotNull("consumers", consumers),
                Functions.requireNotNull("topics", topics),
                storageLevel,
                context.config().receiver());
        return context.receiverStream(receiver).mapToPair(record -> record);
    }

    /**
     * As {@link #createStream(StreamingContext, ConsumerFactory, Map)}.
     *
     * @param kafkaParams as for {@link ConsumerStrategies#Subscribe(java.util.Collection, Map)}, with a {@code group.id}
     */
    public static <K, V> PairDStream<K, V> createStream(
            StreamingContext context, Map<String, Object> kafkaParams, Map<String, Integer> topics) {
        return createStream(context, kafkaParams, topics, StorageLevel.MEMORY_ONLY);
    }

    /**
     * As {@link #createStream(StreamingContext, ConsumerFactory, Map, StorageLevel)}.
     *
     * @param kafkaParams as for {@link ConsumerStrategies#Subscribe(java.util.Collection, Map)}, with a {@code group.id}
     */
    public static <K, V> PairDStream<K, V> createStream(
            StreamingContext context,
            Map<String, Object> kafkaParams,
            Map<String, Integer> topics,
            StorageLevel storageLevel) {
        return createStream(
                context,
                ConsumerStrategies.factory(Functions.requireNotNull("kafkaParams", kafkaParams)),
                topics,
                storageLevel);
    }

    /**
     * The records of fixed ranges, a partition for each. They are read for every action anew, each partition by a consumer of its
     * own. An action fails if a range is not, or not any more, in its topic.
     *
     * @param kafkaParams those of a consumer, as for {@link ConsumerStrategies#Subscribe(java.util.Collection, Map)}
     * @param ranges in the order of the partitions; may be empty
     * @param location has no effect in one process, but must not be {@link LocationStrategies#PreferBrokers()}
     * @return an RDD that lives as long as the context
     * @throws IllegalArgumentException if {@code location} is that
     */
    public static <K, V> RDD<ConsumerRecord<K, V>> createRDD(
            StreamingContext context,
            Map<String, Object> kafkaParams,
            OffsetRange[] ranges,
            LocationStrategy location) {
        if (location == Preference.BROKERS) {
            throw new IllegalArgumentException(
                    "'location' must be PreferConsistent or PreferFixed, but was PreferBrokers");
        }
        return createRDD(context, ConsumerStrategies.factory(kafkaParams), ranges);
    }

    /**
     * As {@link #createRDD(StreamingContext, Map, OffsetRange[], LocationStrategy)}, with a consumer factory.
     *
     * @param consumers such as Spring Boot makes of {@code spring.kafka.*}
     */
    public static <K, V> RDD<ConsumerRecord<K, V>> createRDD(
            StreamingContext context, ConsumerFactory<K, V> consumers, OffsetRange... ranges) {
        KafkaClients<K, V> clients = new KafkaClients<>(consumers, "rdd");
        List<InputPartition<ConsumerRecord<K, V>>> partitions = new ArrayList<>();
        for (OffsetRange range : ranges) {
            partitions.add(new FixedPartition<>(range, clients));
        }
        return context.inputRDD("createRDD", partitions);
    }
}
