package io.dstream.kafka;

import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * Keeps offsets in a table of PostgreSQL, MariaDB, MySQL or H2: a row for each partition, with its topic, the group, its number and the
 * offset at which it goes on. One more row of the group, without a topic and with partition -1, has the epoch.
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
    public static final String TABLE = "dstream_offsets";

    private static final String WORD = "[\\p{L}_][\\p{L}\\p{N}_$-]{0,127}";
    private static final Pattern COLUMN_NAME = Pattern.compile(WORD);
    private static final Pattern TABLE_NAME = Pattern.compile("(?:" + WORD + "\\.)?" + WORD);

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
                Objects.requireNonNull(dataSource, "'dataSource' must not be null"),
                new OffsetTable.Names(TABLE, "topic", "groupid", "partition", "offset"));
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
                        require("table", TABLE_NAME, table),
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
        OffsetTable.Names renamed = new OffsetTable.Names(
                names.table(),
                require("topic", COLUMN_NAME, topic),
                require("group", COLUMN_NAME, group),
                require("partition", COLUMN_NAME, partition),
                require("offset", COLUMN_NAME, offset));
        if (renamed.columns().stream().distinct().count() < renamed.columns().size()) {
            throw new IllegalArgumentException(
                    "'columns' must be four different names, but were " + List.of(topic, group, partition, offset));
        }
        return new JdbcOffsetStore(dataSource, renamed);
    }

    private static String require(String argument, Pattern pattern, String name) {
        if (!pattern.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + argument
                    + "' must be a name of letters, digits, '_', '$' and '-', beginning with a letter or '_', but was '"
                    + name + "'");
        }
        return name;
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
