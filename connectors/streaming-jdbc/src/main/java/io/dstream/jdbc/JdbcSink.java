package io.dstream.jdbc;

import io.dstream.function.Function;
import io.dstream.function.Functions;
import io.dstream.output.BatchSink;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.ParameterizedPreparedStatementSetter;

/**
 * Writes rows into a table of PostgreSQL, MariaDB, MySQL or H2, each batch exactly once: rows and the key of the batch are in one
 * transaction.
 *
 * <pre>{@code
 * counts.saveTo(JdbcSink.upsert(dataSource, "counts").key("word", Pair<String, Long>::key).column("n", Pair::value))
 *         .named("counts");
 * orders.saveTo(JdbcSink.insert(dataSource, "orders").column("id", Order::id).column("total", Order::total)).named("orders");
 * }</pre>
 *
 * <p>The keys are in a table of their own, {@value #KEY_TABLE} if it is not told another name, which is made when it is missing: a row
 * for each pipeline and output, with the time of its last batch and the epoch of the instance that may write. Every start raises the
 * epoch; an instance of a lower one writes nothing more and halts.
 *
 * <p>Rows are written as they are computed, by the threads that compute them, one after the other on one connection. The transaction
 * begins with the first of them. A batch without rows touches nothing. With {@link #transactionPerPartition} partitions are written at
 * the same time.
 *
 * <p>Deadlocks, serialization failures, timeouts of locks and statements, and a database that is away are surroundings: the batch waits
 * and is tried again, however often. Any other error of the database fails the batch, as a {@code DataAccessException} of Spring.
 *
 * <p>Immutable. Each method returns a sink with the change.
 *
 * @param <T> type of the rows
 */
public final class JdbcSink<T> implements BatchSink<T> {

    /** The table with the keys of batches, if no other is told. */
    static final String KEY_TABLE = "dstream_batches";

    private static final int BATCH_SIZE = 1_000;
    private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(1);
    private static final Duration MIN_IDLE_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration MAX_IDLE_TIMEOUT = Duration.ofDays(24);
    private static final int MAX_PARTITIONS = 1_000;

    private final DataSource dataSource;
    private final RowTarget<T> target;
    private final Identifier keyTable;
    private final int batchSize;
    private final Duration idleTimeout;
    private final List<TransactionStep> steps;
    private final int partitions; // that have transactions of their own; 0: a batch is one

    private JdbcSink(
            DataSource dataSource,
            RowTarget<T> target,
            Identifier keyTable,
            int batchSize,
            Duration idleTimeout,
            List<TransactionStep> steps,
            int partitions) {
        this.dataSource = dataSource;
        this.target = target;
        this.keyTable = keyTable;
        this.batchSize = batchSize;
        this.idleTimeout = idleTimeout;
        this.steps = steps;
        this.partitions = partitions;
    }

    private JdbcSink(DataSource dataSource, RowTarget<T> target) {
        this(dataSource, target, Identifier.of("keyTable", KEY_TABLE), BATCH_SIZE, IDLE_TIMEOUT, List.of(), 0);
    }

    /**
     * Inserts each row, or updates the row of the same key. The next call is {@link Upsert#key}.
     *
     * @param dataSource gives a connection for each transaction, and one at every start
     * @param table its name, or {@code schema.name}; as in SQL without quotes, case does not matter where it does not matter to the
     *     database
     * @throws IllegalArgumentException if {@code table} is no name
     */
    public static Upsert upsert(DataSource dataSource, String table) {
        return new Upsert(Functions.requireNotNull("dataSource", dataSource), Identifier.of("table", table));
    }

    /**
     * Inserts each row. The next call is {@link Insert#column}.
     *
     * @param dataSource gives a connection for each transaction, and one at every start
     * @param table its name, or {@code schema.name}; as in SQL without quotes, case does not matter where it does not matter to the
     *     database
     * @throws IllegalArgumentException if {@code table} is no name
     */
    public static Insert insert(DataSource dataSource, String table) {
        return new Insert(Functions.requireNotNull("dataSource", dataSource), Identifier.of("table", table));
    }

    /**
     * Runs a statement for each row, such as one that adds to what is there.
     *
     * <pre>{@code
     * JdbcSink.sql(dataSource, "update accounts set balance = balance + ? where id = ?", (statement, payment) -> {
     *     statement.setBigDecimal(1, payment.amount());
     *     statement.setString(2, payment.account());
     * })
     * }</pre>
     *
     * @param dataSource gives a connection for each transaction, and one at every start
     * @param sql the statement
     * @param setter sets the parameters for a row; called by one thread at a time, with {@link #transactionPerPartition} by several
     * @throws IllegalArgumentException if {@code sql} is blank
     */
    public static <T> JdbcSink<T> sql(
            DataSource dataSource, String sql, ParameterizedPreparedStatementSetter<T> setter) {
        Functions.requireNotNull("dataSource", dataSource);
        return new JdbcSink<>(dataSource, new SqlTarget<>(sql, Functions.require("setter", setter)));
    }

    /**
     * A further column by which an upsert finds the row of the same key.
     *
     * @param name of the column
     * @param value what is in it for a row, see {@link #column}; called by several threads at once
     * @throws IllegalStateException if this is no upsert
     * @throws IllegalArgumentException if {@code name} is no name, or given twice
     */
    public JdbcSink<T> key(String name, Function<T, ?> value) {
        return with(target.with(Column.key(name, value)));
    }

    /**
     * A column that is written.
     *
     * @param name of the column
     * @param value what is in it for a row: null, or what the driver takes for the type of the column. An enum is written by its name,
     *     an Instant into a column without a time zone as its time in UTC. Called by several threads at once
     * @throws IllegalStateException if the sink has a statement of its own
     * @throws IllegalArgumentException if {@code name} is no name, or given twice
     */
    public JdbcSink<T> column(String name, Function<T, ?> value) {
        return with(target.with(Column.of(name, value)));
    }

    /**
     * Keeps the keys of batches in another table than {@value #KEY_TABLE}.
     *
     * @param table its name, or {@code schema.name}
     * @throws IllegalArgumentException if {@code table} is no name
     */
    public JdbcSink<T> keyTable(String table) {
        return new JdbcSink<>(
                dataSource, target, Identifier.of("table", table), batchSize, idleTimeout, steps, partitions);
    }

    /**
     * How many rows are sent to the database together, 1,000 if nothing is told. Each task holds so many in memory.
     *
     * @param rows at least 1
     * @throws IllegalArgumentException if {@code rows} is below 1
     */
    public JdbcSink<T> batchSize(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("'rows' must be at least 1, but was " + rows);
        }
        return new JdbcSink<>(dataSource, target, keyTable, rows, idleTimeout, steps, partitions);
    }

    /**
     * How long a transaction may wait for the next rows to be computed before the database ends it, a minute if nothing is told. An
     * instance that is stopped in the midst of a transaction keeps its locks for so long, and with them whoever takes over. PostgreSQL
     * and MariaDB do this; for others see their own settings.
     *
     * @param timeout from a second to 24 days, which is about the most that PostgreSQL takes
     * @throws IllegalArgumentException if {@code timeout} is out of this range
     */
    public JdbcSink<T> idleTimeout(Duration timeout) {
        Functions.requireNotNull("timeout", timeout);
        if (timeout.compareTo(MIN_IDLE_TIMEOUT) < 0 || timeout.compareTo(MAX_IDLE_TIMEOUT) > 0) {
            throw new IllegalArgumentException("'timeout' must be from 1 s to 24 days, but was " + timeout);
        }
        return new JdbcSink<>(dataSource, target, keyTable, batchSize, timeout, steps, partitions);
    }

    /**
     * Does something more in the transaction of each batch that has rows, such as saving the offsets of what it was made of. Steps that
     * are added one after the other are run in that order.
     *
     * @param step runs after the rows were written, before the commit
     * @throws IllegalStateException if a batch is not one transaction, see {@link #transactionPerPartition}
     */
    public JdbcSink<T> inTransaction(TransactionStep step) {
        Functions.require("step", step);
        requireOneTransaction(partitions == 0);
        return new JdbcSink<>(
                dataSource,
                target,
                keyTable,
                batchSize,
                idleTimeout,
                Stream.concat(steps.stream(), Stream.of(step)).toList(),
                partitions);
    }

    /**
     * Writes each partition in a transaction of its own, all at the same time on a connection each, where else the rows of a batch go over
     * one. The stream must have exactly so many partitions:
     *
     * <pre>{@code
     * orders.repartition(4)
     *         .saveTo(JdbcSink.insert(dataSource, "orders").column("id", Order::id).transactionPerPartition(4))
     *         .named("orders");
     * }</pre>
     *
     * <p>The table of keys has a row more for each partition. A batch that is repeated writes the partitions that are missing. So others
     * may see a batch in part, a batch that is skipped may be there in part, and each row is there once only if
     *
     * <ul>
     *   <li>the batch is repeated with the same input: with a checkpoint directory that is still there, see docs/durability.md, and
     *   <li>each row comes into the same partition again. After {@code repartition} it does if rows come in the same order: directly
     *       from an input, by {@code map}, {@code filter} and the like, of functions that give the same for the same row. Behind
     *       a shuffle or a state let the key decide: {@code reduceByKey(…, 4)}, {@code updateStateByKey(…, 4)} or {@code
     *       partitionBy(4)}, with keys whose {@code hashCode} depends on nothing but their value.
     * </ul>
     *
     * <p>The number must stay: another one, or none, is refused at the start once a batch was written. A batch of another number of
     * partitions fails.
     *
     * @param partitions from 1 to 1,000, since each is locked in the table of keys at every start
     * @throws IllegalArgumentException if {@code partitions} is out of this range
     * @throws IllegalStateException if something else is to be in the transaction of each batch, see {@link #inTransaction}
     */
    public JdbcSink<T> transactionPerPartition(int partitions) {
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new IllegalArgumentException("'partitions' must be from 1 to 1,000, but was " + partitions);
        }
        requireOneTransaction(steps.isEmpty());
        return new JdbcSink<>(dataSource, target, keyTable, batchSize, idleTimeout, steps, partitions);
    }

    private static void requireOneTransaction(boolean isOne) {
        if (!isOne) {
            throw new IllegalStateException(
                    "With transactionPerPartition a batch is several transactions, and a step of"
                            + " inTransaction would not be in one with all its rows. Leave out one of the two");
        }
    }

    private JdbcSink<T> with(RowTarget<T> newTarget) {
        return new JdbcSink<>(dataSource, newTarget, keyTable, batchSize, idleTimeout, steps, partitions);
    }

    @Override
    public String kind() {
        return "jdbc";
    }

    @Override
    public SinkWriter<T> open(SinkContext context) {
        SqlFailures failures = new SqlFailures(context);
        try (Session session = Session.openFirst(dataSource, Duration.ZERO)) {
            RowStatement<T> statement = target.prepare(session);
            BatchKeys keys = BatchKeys.takeOver(session, keyTable, context, partitions, idleTimeout);
            TransactionSettings<T> settings =
                    new TransactionSettings<>(dataSource, statement, failures, batchSize, idleTimeout, steps);
            return partitions == 0
                    ? new JdbcWriter<>(settings, keys.whole())
                    : new PartitionedJdbcWriter<>(settings, keys);
        } catch (SQLException | RuntimeException failure) {
            throw failures.ofOpening(failure);
        }
    }

    /** An upsert that has no column yet. */
    public static final class Upsert {

        private final DataSource dataSource;
        private final Identifier table;

        private Upsert(DataSource dataSource, Identifier table) {
            this.dataSource = dataSource;
            this.table = table;
        }

        /**
         * The column by which the row of the same key is found. The table must have a primary key or unique index on exactly the
         * columns that are keys. Of rows with the same key in one partition the last counts.
         *
         * @param name of the column
         * @param value what is in it for a row, see {@link JdbcSink#column}; called by several threads at once
         * @throws IllegalArgumentException if {@code name} is no name
         */
        public <T> JdbcSink<T> key(String name, Function<T, ?> value) {
            return new JdbcSink<>(dataSource, TableTarget.upsert(table, Column.key(name, value)));
        }
    }

    /** An insert that has no column yet. */
    public static final class Insert {

        private final DataSource dataSource;
        private final Identifier table;

        private Insert(DataSource dataSource, Identifier table) {
            this.dataSource = dataSource;
            this.table = table;
        }

        /**
         * The first column that is written.
         *
         * @param name of the column
         * @param value what is in it for a row, see {@link JdbcSink#column}; called by several threads at once
         * @throws IllegalArgumentException if {@code name} is no name
         */
        public <T> JdbcSink<T> column(String name, Function<T, ?> value) {
            return new JdbcSink<>(dataSource, TableTarget.insert(table, Column.of(name, value)));
        }
    }
}
