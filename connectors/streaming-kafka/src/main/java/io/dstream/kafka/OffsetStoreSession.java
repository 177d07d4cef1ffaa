package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * An {@link OffsetStore} that is open for one stream in one run of its pipeline.
 *
 * <p>Used by one thread at a time.
 */
public interface OffsetStoreSession extends AutoCloseable {

    /** What was saved when this was opened, by partition the offset at which it goes on; empty if there was nothing. */
    Map<TopicPartition, Long> offsets();

    /**
     * Saves where partitions go on, all of them or none. Those of other partitions stay. Called again with the same or later offsets if
     * it threw, whether or not they were saved then.
     *
     * @param offsets by partition, at least one
     * @throws SourceUnavailableException if the system is away or busy: it is called again until it is back, and the batch waits
     * @throws SinkConflictException if another session was opened since: nothing was saved, and the pipeline halts
     * @throws Exception if anything else is wrong: it is called again, too, since the batch is committed
     */
    void save(Map<TopicPartition, Long> offsets) throws Exception;

    /**
     * As {@link #save}, in a transaction of a database that somebody else commits or undoes; {@link #save} follows. For stores in
     * databases alone: others need not have it.
     *
     * @param connection to the database of the store, in a transaction
     * @param offsets by partition, at least one
     * @throws SinkConflictException if another session was opened since: the transaction must be undone
     * @throws IllegalStateException if the store is in no database
     */
    default void saveIn(Connection connection, Map<TopicPartition, Long> offsets) throws SQLException {
        throw new IllegalStateException("The offsets of the stream are in no database, but are to be saved in a"
                + " transaction of one. Give its ConsumerStrategy a JdbcOffsetStore by withOffsetStore");
    }

    /** Lets go of what is open. The epoch stays as it is, so nobody is fenced by it. */
    @Override
    default void close() {}
}
