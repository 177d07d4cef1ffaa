package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import io.dstream.input.SourceUnavailableException;
import io.dstream.kafka.OffsetStore;
import io.dstream.kafka.OffsetStoreContext;
import io.dstream.kafka.OffsetStoreContract;
import io.dstream.kafka.OffsetStoreSession;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Offsets in the databases that there are drivers for here. */
class JdbcOffsetStoreTest {

    private static final TopicPartition PARTITION = new TopicPartition("Orders.of-2026_A", 7);

    @Test
    void whatIsNoNameIsRefused() throws Exception {
        JdbcOffsetStore store = JdbcOffsetStore.of(TestDatabase.dataSource(TestDatabase.H2.newUrl()));
        for (String table : Arrays.asList("a b", "a.b.c", "", null)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.table(table))
                    .withMessageContaining("'table' must be a name")
                    .withMessageContaining("but was '" + table + "'");
        }
        for (String column : Arrays.asList("a.b", "a b", "", null)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> store.columns("topic", column, "partition", "offset"))
                    .withMessageContaining("'group' must be")
                    .withMessageContaining("but was '" + column + "'");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.columns("topic", "TOPIC", "partition", "offset"))
                .withMessageContaining("'columns' must be four different names, but were [topic, TOPIC,");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcOffsetStore.of(null))
                .withMessageContaining("'dataSource'");
    }

    @Nested
    class InH2 extends Contract {
        InH2() {
            super(TestDatabase.H2, "\"PARTITION\"", "\"OFFSET\"");
        }

        @Test
        void oneThatKeepsInMemoryWhatIsCommittedIsRefused(@TempDir Path directory) throws Exception {
            OffsetStore inFile =
                    JdbcOffsetStore.of(TestDatabase.dataSource("jdbc:h2:file:" + directory.resolve("offsets")));
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> open(inFile, newGroup()))
                    .withMessageContaining("Add ;WRITE_DELAY=0 to the URL");
        }
    }

    @Nested
    class InPostgreSql extends Contract {
        InPostgreSql() {
            super(TestDatabase.POSTGRESQL, "\"partition\"", "\"offset\"");
        }

        @Test
        void whoMayNotWriteThereIsRefusedWithWhatToGrant() throws Exception {
            open(store(), newGroup());
            String user = "reader" + System.nanoTime();
            String schema = url().substring(url().indexOf("currentSchema=") + "currentSchema=".length());
            execute(dataSource(), "create user " + user);
            execute(dataSource(), "grant usage on schema " + schema + " to " + user);
            execute(dataSource(), "grant select on dstream_offsets to " + user);
            OffsetStore readOnly =
                    JdbcOffsetStore.of(TestDatabase.dataSource(url().replace("user=postgres", "user=" + user)));
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> open(readOnly, newGroup()))
                    .withMessageContaining("permission denied for table dstream_offsets")
                    .withMessageContaining("Let the user of the database select, insert and update there");
        }
    }

    @Nested
    class InMariaDb extends Contract {
        InMariaDb() {
            super(TestDatabase.MARIADB, "`partition`", "`offset`");
        }

        @Override
        void changeSettings(Statement statement) throws SQLException {
            statement.execute("set session idle_transaction_timeout = 77");
        }

        @Override
        List<Object> settings(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("select @@session.idle_transaction_timeout")) {
                rows.next();
                return List.of(connection.getAutoCommit(), connection.getNetworkTimeout(), rows.getLong(1));
            }
        }
    }

    @Nested
    class InMySql extends Contract {
        InMySql() {
            super(TestDatabase.MYSQL, "`partition`", "`offset`");
        }
    }

    /** What is the same in all of them. */
    abstract static class Contract extends OffsetStoreContract {

        private final TestDatabase database;
        private final String partitionColumn;
        private final String offsetColumn;
        private String url;
        private WatchedDataSource dataSource;

        Contract(TestDatabase database, String partitionColumn, String offsetColumn) {
            this.database = database;
            this.partitionColumn = partitionColumn;
            this.offsetColumn = offsetColumn;
        }

        @BeforeEach
        void connect() throws Exception {
            url = database.newUrl();
            dataSource = new WatchedDataSource(TestDatabase.dataSource(url));
        }

        String url() {
            return url;
        }

        DataSource dataSource() {
            return dataSource;
        }

        @Override
        protected OffsetStore store() {
            return JdbcOffsetStore.of(dataSource);
        }

        @Override
        protected void goAway() {
            dataSource.watch(step -> {
                throw new SQLTransientConnectionException("no connection within 30 s");
            });
        }

        @Override
        protected void comeBack() {
            dataSource.watch(step -> {});
        }

        @Test
        void theTableHasARowForEachPartitionAndOneWithTheEpoch() throws Exception {
            OffsetStoreSession session = open(store(), "word-count");
            session.save(Map.of(PARTITION, 10L));
            session.save(Map.of(PARTITION, 12L));
            assertThat(query(
                            dataSource,
                            "select topic, groupid, " + partitionColumn + ", " + offsetColumn
                                    + " from dstream_offsets order by topic"))
                    .containsExactly(" word-count -1 1", PARTITION.topic() + " word-count 7 12");
        }

        @Test
        void caseCountsInGroups() throws Exception {
            OffsetStoreSession session = open(store(), "Words");
            session.save(Map.of(PARTITION, 10L));
            assertThat(open(store(), "words").offsets()).isEmpty();
            session.save(Map.of(PARTITION, 11L));
        }

        @Test
        void aTableOfOnesOwnMayHaveItsOwnNames() throws Exception {
            execute(
                    dataSource,
                    "create table kafka_progress (untilOffset bigint, grp varchar(100), Topic varchar(100), part int)");
            JdbcOffsetStore own = JdbcOffsetStore.of(dataSource)
                    .table("kafka_progress")
                    .columns("topic", "grp", "part", "untilOffset");
            open(own, "words").save(Map.of(PARTITION, 10L));
            assertThat(open(own, "words").offsets()).isEqualTo(Map.of(PARTITION, 10L));
            assertThat(query(dataSource, "select grp, part, untilOffset from kafka_progress where topic <> ''"))
                    .containsExactly("words 7 10");
        }

        @Test
        void aTableThatIsAnotherIsRefusedWithWhatIsMissing() {
            execute(dataSource, "create table dstream_offsets (topic varchar(249), groupid varchar(255), part int)");
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> open(store(), "words"))
                    .withMessageContaining("has no column 'offset', but ");
        }

        @Test
        void aColumnThatIsTooSmallAndTwoRowsOfAnEpochAreRefused() throws Exception {
            execute(dataSource, "create table small (topic varchar(100), grp varchar(100), part int, until int)");
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> open(
                            JdbcOffsetStore.of(dataSource).table("small").columns("topic", "grp", "part", "until"),
                            "words"))
                    .withMessageContaining("has a column 'until' that is no bigint");
            execute(dataSource, "create table twice (topic varchar(100), grp varchar(100), part int, until bigint)");
            execute(dataSource, "insert into twice values ('', 'words', -1, 3), ('', 'words', -1, 4)");
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> open(
                            JdbcOffsetStore.of(dataSource).table("twice").columns("topic", "grp", "part", "until"),
                            "words"))
                    .withMessageContaining("several rows with the epoch of group 'words'");
        }

        @Test
        @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
        void aLockIsWaitedForNoLongerThanARequestMayTake() throws Exception {
            OffsetStoreSession session = store().open(context(Duration.ofMillis(500)));
            session.save(Map.of(PARTITION, 1L));
            try (Connection other = TestDatabase.dataSource(url).getConnection();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                statement.execute("update dstream_offsets set groupid = 'words'");
                assertThatExceptionOfType(SourceUnavailableException.class)
                        .isThrownBy(() -> session.save(Map.of(PARTITION, 2L)));
                other.rollback();
            }
            session.save(Map.of(PARTITION, 2L));
            assertThat(open(store(), "words").offsets()).isEqualTo(Map.of(PARTITION, 2L));
        }

        @Test
        void aRequestMayTakeAsLongAsAConsumerCanBeTold() throws Exception {
            store().open(context(Duration.ofMillis(Integer.MAX_VALUE))).save(Map.of(PARTITION, 1L));
            assertThat(open(store(), "words").offsets()).isEqualTo(Map.of(PARTITION, 1L));
        }

        private static OffsetStoreContext context(Duration timeout) {
            return new OffsetStoreContext("shop", "kafka-0", "words", Map.of(), timeout);
        }

        @Test
        void connectionsAreGivenBackAsTheyWere() throws Exception {
            try (Connection connection = TestDatabase.dataSource(url).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("create table small (topic varchar(9), groupid varchar(9), a int, b int)");
                changeSettings(statement);
                connection.setAutoCommit(false);
                List<Object> before = settings(connection);
                JdbcOffsetStore store = JdbcOffsetStore.of(new SingleConnectionDataSource(connection, true));
                open(store, "words").save(Map.of(PARTITION, 10L));
                assertThat(settings(connection)).isEqualTo(before);
                assertThatExceptionOfType(StreamingException.class)
                        .isThrownBy(() -> open(store.table("small"), "words"));
                assertThat(settings(connection)).isEqualTo(before);
            }
        }

        void changeSettings(Statement statement) throws SQLException {
            statement.setQueryTimeout(77);
        }

        List<Object> settings(Connection connection) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                return List.of(connection.getAutoCommit(), connection.getNetworkTimeout(), statement.getQueryTimeout());
            }
        }

        @Test
        void connectionsAreGivenBack() throws Exception {
            open(store(), "words").save(Map.of(PARTITION, 10L));
            assertThat(dataSource.openConnections()).isZero();
        }
    }
}
