package io.dstream.kafka;

import io.dstream.InputDStream;
import io.dstream.StreamingContext;
import io.dstream.function.Functions;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;

/**
 * The records of topics, one partition of a batch's RDD for each partition of a topic. Made by {@link KafkaUtils}.
 *
 * @param <K> type of the records' keys
 * @param <V> type of their values
 */
public final class DirectKafkaDStream<K, V> extends InputDStream<ConsumerRecord<K, V>> implements CanCommitOffsets {

    private final DirectStreamSource<K, V> source;

    DirectKafkaDStream(StreamingContext context, DirectStreamSource<K, V> source) {
        super(context, source);
        this.source = source;
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
        source.onError(Functions.requireNotNull("policy", policy));
        return this;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the stream does not run, or has a {@link KafkaGroupOffsetStore}
     */
    @Override
    public void commitAsync(OffsetRange[] ranges, OffsetCommitCallback callback) {
        source.commitAsync(ranges, callback);
    }

    /**
     * Saves where a batch of the stream ends in a transaction of the database of its {@code JdbcOffsetStore}, so that results and
     * offsets take effect together: made for {@code JdbcSink.inTransaction(stream::saveOffsets)}.
     *
     * @param connection to the database of the store, with a transaction that the caller commits
     * @param batchTime a batch that runs
     * @throws SinkConflictException if another instance has taken the offsets over; the transaction must be undone
     * @throws IllegalStateException if the stream does not run, has no such batch, or keeps its offsets in no database
     */
    public void saveOffsets(Connection connection, Instant batchTime) throws SQLException {
        source.saveOffsets(connection, batchTime);
    }
}
