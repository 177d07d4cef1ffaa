package io.dstream.kafka;

import io.dstream.InputDStream;
import io.dstream.StreamingContext;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;

/**
 * A stream of topics, one partition of a batch's RDD for each partition of a topic: of their records, or of what a message handler has
 * made of them. Made by {@link KafkaUtils}.
 *
 * @param <T> type of the rows
 */
public sealed class KafkaDStream<T> extends InputDStream<T> implements CanCommitOffsets permits DirectKafkaDStream {

    private final DirectStreamSource<?, ?, T> source;

    KafkaDStream(StreamingContext context, DirectStreamSource<?, ?, T> source) {
        super(context, source);
        this.source = source;
    }

    DirectStreamSource<?, ?, T> source() {
        return source;
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
