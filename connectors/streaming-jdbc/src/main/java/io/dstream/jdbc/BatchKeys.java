package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import io.dstream.output.SinkContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an output in the table of keys: one for the output, and one for each partition if these have transactions of their own. So
 * the number of partitions is kept beside what was written, and another one is refused.
 *
 * <p>Immutable.
 *
 * @param whole tells the last batch that is written completely
 * @param partitions tell the last batch of each, in their order; empty if a batch is one transaction
 */
record BatchKeys(BatchKey whole, List<BatchKey> partitions) {

    private static final int MAX_NAME = 100; // as the column of the table is made

    /**
     * Raises the epoch in all rows at once, so that no other instance writes the output any more.
     *
     * @param wanted the table of keys, which is made if it is missing
     * @param partitions how many have transactions of their own; 0 for none
     * @param idleTimeout how long an instance that hangs may hold up the next
     * @throws MisconfigurationException if the output was written with another number of them
     */
    static BatchKeys takeOver(
            Session session, Identifier wanted, SinkContext context, int partitions, Duration idleTimeout)
            throws SQLException {
        List<String> names = names(context, partitions);
        String create = session.dialect().createKeyTable(session.folded(wanted));
        KnownTable table = KnownTable.findOrCreate(session, wanted, "batch keys", create);
        BatchKey whole = BatchKey.takeOver(session, table, context, idleTimeout);
        List<String> stored = whole.partitions(session);
        if (!Set.copyOf(stored).equals(Set.copyOf(names))) {
            replace(session, whole, stored, names);
        }
        BatchKeys keys = new BatchKeys(whole, takeOver(session, whole, names));
        session.commit();
        return keys;
    }

    private static List<String> names(SinkContext context, int partitions) {
        List<String> names = IntStream.range(0, partitions)
                .mapToObj(partition -> BatchKey.partition(context.output(), partition, partitions))
                .toList();
        if (!names.isEmpty() && names.get(partitions - 1).length() > MAX_NAME) {
            throw new MisconfigurationException(
                    "The name '" + context.output() + "' is too long for transactions by partition:"
                            + " the last of its keys would be " + names.get(partitions - 1) + ", and may have "
                            + MAX_NAME
                            + " characters",
                    "Give the output a shorter one by named(...)",
                    null);
        }
        return names;
    }

    private static void replace(Session session, BatchKey whole, List<String> stored, List<String> names)
            throws SQLException {
        BatchKeys before = new BatchKeys(whole, takeOver(session, whole, stored)); // which locks them
        if (before.lastBatch() != null) {
            throw new MisconfigurationException(
                    whole + " was written with " + transactions(stored.size()) + ", but is now to have "
                            + transactions(names.size())
                            + ": a batch that is repeated would be written twice in part, and in part not at all",
                    "Go back to what it had; or stop the pipeline gracefully, so that no batch is repeated, and set batch_time to"
                            + " null in the keys of the output, " + whole.rows(),
                    null);
        }
        whole.deletePartitions(session, stored);
        whole.insertPartitions(session, names);
    }

    private static String transactions(int partitions) {
        return partitions == 0
                ? "one transaction for each batch"
                : "a transaction for each of " + partitions + " partitions";
    }

    private static List<BatchKey> takeOver(Session session, BatchKey whole, List<String> names) throws SQLException {
        List<BatchKey> keys = new ArrayList<>(names.size());
        for (String name : names) {
            keys.add(whole.takeOverPartition(session, name));
        }
        return List.copyOf(keys);
    }

    /** The last batch of which anything had been written when this was opened; null if there was none. */
    @Nullable
    Instant lastBatch() {
        return Stream.concat(Stream.of(whole), partitions.stream())
                .map(BatchKey::lastBatch)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(null);
    }
}
