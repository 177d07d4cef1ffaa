package io.dstream.kafka;

import io.dstream.StreamingContext;
import io.dstream.function.Functions;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The records of topics. Made by {@link KafkaUtils}.
 *
 * @param <K> type of the records' keys
 * @param <V> type of their values
 */
public final class DirectKafkaDStream<K, V> extends KafkaDStream<ConsumerRecord<K, V>> {

    DirectKafkaDStream(StreamingContext context, DirectStreamSource<K, V, ConsumerRecord<K, V>> source) {
        super(context, source);
    }

    /**
     * Decides what becomes of a record that cannot be deserialized, or for which a function of an operator throws an exception: those of
     * {@code map}, {@code filter}, {@code flatMap}, {@code mapToPair}, {@code mapValues}, {@code flatMapValues} and other operators of
     * single rows, from this stream on up to the first operator of another kind, also through {@code union}. Its batch goes on without
     * all that these operators have made of the record.
     *
     * <p>Failures of what lies behind fail the batch as ever: of shuffles and the functions of their operators, of {@code
     * mapPartitions}, of rows that a stream between persists, remembers or has in a window, of states, and of outputs with their
     * functions. So do interrupts, cancellations, errors, and exceptions that tell that another system is away.
     *
     * @param policy what to do; the last one counts
     * @return this stream
     * @throws IllegalStateException if the stream runs
     */
    public DirectKafkaDStream<K, V> onError(OnError policy) {
        source().onError(Functions.requireNotNull("policy", policy));
        return this;
    }
}
