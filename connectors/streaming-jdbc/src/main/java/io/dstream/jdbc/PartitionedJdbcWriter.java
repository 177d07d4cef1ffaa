package io.dstream.jdbc;

import io.dstream.function.StreamingException;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the batches of one output in one run, each partition in a transaction of its own. A batch that comes again writes the partitions
 * that are missing.
 *
 * <p>Used by the batch thread; partitions are written by the threads of their tasks.
 */
final class PartitionedJdbcWriter<T> implements SinkWriter<T> {

    private static final Logger log = LoggerFactory.getLogger(PartitionedJdbcWriter.class);

    private final TransactionSettings<T> settings;
    private final BatchKeys keys;

    // Mutable state
    private final Map<Integer, Instant> written =
            new ConcurrentHashMap<>(); // by partition: the last batch that is known to be
    private @Nullable Instant complete; // the last batch of which all partitions are known to be written
    private @Nullable Instant current; // the last batch that has come, or has begun to be written in an earlier run

    PartitionedJdbcWriter(TransactionSettings<T> settings, BatchKeys keys) {
        this.settings = settings;
        this.keys = keys;
        this.complete = keys.whole().lastBatch();
        this.current = keys.lastBatch();
        for (int i = 0; i < keys.partitions().size(); i++) {
            Instant last = keys.partitions().get(i).lastBatch();
            if (last != null) {
                written.put(i, last);
            }
        }
    }

    /** One of which partitions are written counts: a new batch of its time would be taken for a repetition. */
    @Override
    public @Nullable Instant lastBatchTime() {
        return keys.lastBatch();
    }

    @Override
    public void write(RDD<T> rdd, Instant batchTime) {
        if (batchTime.equals(complete)) {
            return;
        }
        keys.whole().requireNotBefore(current, batchTime);
        requirePartitions(rdd, batchTime);
        warnOfMissing(batchTime);
        current = batchTime;
        rdd.foreachPartition((partition, rows) -> write(partition, rows, batchTime));
        if (written.containsValue(batchTime)) {
            complete(batchTime);
        }
        complete = batchTime;
    }

    private void requirePartitions(RDD<T> rdd, Instant batchTime) {
        int partitions = keys.partitions().size();
        if (rdd.getNumPartitions() != partitions) {
            throw new StreamingException(
                    keys.whole() + " has a transaction for each of " + partitions + " partitions, but batch "
                            + batchTime + " has " + rdd.getNumPartitions() + ". Call repartition(" + partitions
                            + ") right before saveTo, or correct transactionPerPartition");
        }
    }

    private void warnOfMissing(Instant batchTime) {
        Instant before = current;
        if (before != null && before.isBefore(batchTime) && !before.equals(complete) && written.containsValue(before)) {
            log.warn(
                    "{}: of batch {} perhaps not all partitions are written, and it is not repeated: it was skipped, or the"
                            + " checkpoint directory does not know it",
                    keys.whole(),
                    before);
        }
    }

    private void write(int partition, Iterator<T> rows, Instant batchTime) {
        if (batchTime.equals(written.get(partition))) {
            return;
        }
        try (BatchTransaction<T> transaction =
                settings.transaction(keys.partitions().get(partition), batchTime)) {
            transaction.write(rows);
            if (transaction.commit()) {
                written.put(partition, batchTime);
            }
        }
    }

    private void complete(Instant batchTime) {
        try (Session session = Session.open(settings.dataSource())) {
            session.begin(settings.idleTimeout());
            if (!keys.whole().isWritten(session, batchTime)) {
                keys.whole().put(session, batchTime);
                session.commit();
            }
        } catch (SQLException | RuntimeException failure) {
            throw settings.failures().of("batch " + batchTime, failure);
        }
    }
}
