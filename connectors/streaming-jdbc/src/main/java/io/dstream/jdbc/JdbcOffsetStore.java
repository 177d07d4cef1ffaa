package io.dstream.jdbc;

import io.dstream.function.Functions;
import io.dstream.kafka.DirectKafkaDStream;
import io.dstream.kafka.OffsetStore;
import io.dstream.kafka.OffsetStoreContext;
import io.dstream.kafka.OffsetStoreSession;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;

/**
 * Keeps the offsets of a Kafka stream in a table of PostgreSQL, MariaDB, MySQL or H2: a row for each partition, with its topic, the
 * group, its number and the offset at which it goes on. One more row of the group, without a topic and with partition -1, has the epoch.
 * Needs {@code io.dstream:streaming-kafka}, which whoever reads topics has.
 *
 * <pre>{@code
 * ConsumerStrategy<String, String> strategy = ConsumerStrategy.subscribe(List.of("orders"), consumers)
 *         .withOffsetStore(JdbcOffsetStore.of(dataSource));
 * }</pre>
 *
 * <p>Results that are written into the same database can be in one transaction with their offsets: see {@link
 * DirectKafkaDStream#saveOffsets}.
 *
 * <p>Immutable. Each method returns a store with the change.
 */
public final class JdbcOffsetStore implements OffsetStore {

    /** The table, if no other is told. */
    static final String TABLE = "dstream_offsets";

    private final DataSource dataSource;
    private final OffsetTable.Names names;

    private JdbcOffsetStore(DataSource dataSource, OffsetTable.Names names) {
        this.dataSource = dataSource;
        this.names = names;
    }

    /**
     * A store in the table {@value #TABLE}, which is made when it is missing.
     *
     * @param dataSource gives a connection for each batch, and one at every start; such as Spring Boot makes of {@code
     *     spring.datasource.*}
     */
    public static JdbcOffsetStore of(DataSource dataSource) {
        return new JdbcOffsetStore(
                Functions.requireNotNull("dataSource", dataSource),
                new OffsetTable.Names(Identifier.of("table", TABLE), "topic", "groupid", "partition", "offset"));
    }

    /**
     * Keeps them in another table.
     *
     * @param table its name, or {@code schema.name}; as in SQL without quotes, case does not matter where it does not matter to the
     *     database
     * @throws IllegalArgumentException if {@code table} is no name
     */
    public JdbcOffsetStore table(String table) {
        return new JdbcOffsetStore(
                dataSource,
                new OffsetTable.Names(
                        Identifier.of("table", table),
                        names.topic(),
                        names.group(),
                        names.partition(),
                        names.offset()));
    }

    /**
     * Other names for the columns than {@code topic}, {@code groupid}, {@code partition} and {@code offset}.
     *
     * @throws IllegalArgumentException if one is no name, or two are the same
     */
    public JdbcOffsetStore columns(String topic, String group, String partition, String offset) {
        List<String> columns = List.of(
                Identifier.requireColumn("topic", topic),
                Identifier.requireColumn("group", group),
                Identifier.requireColumn("partition", partition),
                Identifier.requireColumn("offset", offset));
        if (columns.stream()
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .distinct()
                        .count()
                < columns.size()) {
            throw new IllegalArgumentException("'columns' must be four different names, but were " + columns);
        }
        return new JdbcOffsetStore(dataSource, new OffsetTable.Names(names.table(), topic, group, partition, offset));
    }

    @Override
    public String description() {
        return "table '" + names.table() + "'";
    }

    @Override
    public OffsetStoreSession open(OffsetStoreContext context) {
        return JdbcOffsetSession.open(dataSource, names, context);
    }
}
