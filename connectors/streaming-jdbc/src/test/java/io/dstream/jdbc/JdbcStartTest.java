package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dstream.StreamingContext;
import io.dstream.function.MisconfigurationException;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.rdd.Pair;
import io.dstream.test.TestInput;
import io.dstream.test.TestStreamingContext;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a start asks of the database, and what is refused before. */
class JdbcStartTest {

    private DataSource dataSource;
    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<Pair<String, Integer>> input;

    @BeforeEach
    void open() throws Exception {
        open(TestDatabase.H2);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @ParameterizedTest
    @EnumSource
    void aMissingTableFailsTheStart(TestDatabase database) throws Exception {
        open(database);
        refuse(
                JdbcSink.insert(dataSource, "nowhere").column("n", Pair<String, Integer>::value),
                "jdbc-0",
                "Table 'nowhere' is not there");
    }

    @ParameterizedTest
    @EnumSource
    void soDoesAMissingColumn(TestDatabase database) throws Exception {
        open(database);
        refuse(
                JdbcSink.insert(dataSource, "counts").column("m", Pair<String, Integer>::value),
                "Table '",
                "has no column 'm'",
                "Correct the name");
    }

    @ParameterizedTest
    @EnumSource
    void soDoesAnUpsertByColumnsThatAreNotUnique(TestDatabase database) throws Exception {
        open(database);
        refuse(
                JdbcSink.upsert(dataSource, "counts").key("n", Pair<String, Integer>::value),
                "unique index",
                "n",
                "[[word]]");
        execute(dataSource, "create table plain (word varchar(20))");
        refuse(JdbcSink.upsert(dataSource, "plain").key("word", Pair<String, Integer>::key), "but has none");
    }

    @Test
    void aUniqueIndexOnSomeOfTheRowsIsNotEnough() throws Exception {
        open(TestDatabase.POSTGRESQL);
        execute(dataSource, "create table several (word varchar(20), n int)");
        execute(dataSource, "create unique index on several (word) where n > 0");
        refuse(JdbcSink.upsert(dataSource, "several").key("word", Pair<String, Integer>::key), "but has none");
    }

    @ParameterizedTest
    @EnumSource
    void theLongestIdleTimeoutIsOneThatTheDatabaseTakes(TestDatabase database) throws Exception {
        open(database);
        input.stream().saveTo(counts().idleTimeout(Duration.ofDays(24)));
        input.push(Pair.of("a", 1));
        test.runBatch();
        assertThat(query(dataSource, "select word from counts")).containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource
    void soDoesAStatementThatTheDatabaseDoesNotUnderstand(TestDatabase database) throws Exception {
        open(database);
        refuse(JdbcSink.sql(dataSource, "insert into nowhere values (?)", (statement, row) -> {}), "jdbc-0");
    }

    @Test
    void soDoesOneThatKeepsInMemoryWhatIsCommitted(@TempDir Path directory) throws Exception {
        String url = "jdbc:h2:file:" + directory.resolve("totals");
        dataSource = TestDatabase.dataSource(url);
        execute(dataSource, "create table counts (word varchar(20) primary key, n int)");
        refuse(counts(), "Add ;WRITE_DELAY=0 to the URL");
        dataSource = TestDatabase.dataSource(url + ";WRITE_DELAY=0");
        try (TestStreamingContext accepted = new TestStreamingContext()) {
            accepted.<Pair<String, Integer>>input().stream().saveTo(counts());
            accepted.context().start();
        }
    }

    @Test
    void soDoAWrongPasswordAndRightsThatAreMissing() throws Exception {
        String url = TestDatabase.H2.newUrl();
        execute(TestDatabase.dataSource(url), "create user writer password 'right'");
        execute(TestDatabase.dataSource(url), "create table counts (word varchar(20) primary key, n int)");
        dataSource = ofWriter(url, "wrong");
        assertThat(refuse(counts(), "Output 'jdbc-0' of pipeline 'default' is refused by its database: Wrong user name")
                        .remedy())
                .isEqualTo("Correct the DataSource: spring.datasource.url, username and password");
        dataSource = ofWriter(url, "right");
        assertThat(refuse(counts(), "Output 'jdbc-0' of pipeline 'default' is refused by its database: ")
                        .remedy())
                .contains("give its user the rights to select, insert and update");
    }

    @Test
    void aTableOfKeysThatCannotBeMadeIsToldWithAStatementThatCanBeCopied() throws Exception {
        String url = TestDatabase.H2.newUrl();
        DataSource owner = TestDatabase.dataSource(url);
        execute(owner, "create table counts (word varchar(20) primary key, n int)");
        execute(owner, "create user writer password 'right'");
        execute(owner, "grant select, insert, update on counts to writer");
        dataSource = ofWriter(url, "right");
        String remedy = refuse(counts(), "The table of batch keys 'dstream_batches' is not there and cannot be made (")
                .remedy();
        execute(owner, remedy.substring(remedy.lastIndexOf('\n')));
        execute(owner, "grant select, insert, update on dstream_batches to writer");
        input.stream().saveTo(counts());
        input.push(Pair.of("a", 1));
        test.runBatch();
        assertThat(query(owner, "select word from counts")).containsExactly("a");
    }

    @Test
    void soDoesADatabaseThatIsNotKnown() {
        assertThatExceptionOfType(MisconfigurationException.class)
                .isThrownBy(() -> Dialect.of("Oracle"))
                .withMessageContaining("leads to Oracle");
    }

    @ParameterizedTest
    @EnumSource(names = {"POSTGRESQL", "MARIADB"}) // H2 ends no transaction
    @Timeout(60)
    void anInstanceThatHangsInItsStartDoesNotHoldUpTheNext(TestDatabase database) throws Exception {
        open(database);
        WatchedDataSource hanging = new WatchedDataSource(dataSource);
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        hanging.watch(step -> {
            if (step == Step.BEFORE_COMMIT) {
                hangs.countDown();
                await(goesOn);
            }
        });
        try (TestStreamingContext first = new TestStreamingContext()) {
            TestInput<Pair<String, Integer>> rows = first.input();
            rows.stream().saveTo(counts(hanging).idleTimeout(Duration.ofSeconds(1)));
            Thread starting = new Thread(first.context()::start);
            starting.start();
            hangs.await();
            input.stream().saveTo(counts());
            test.context().start();
            assertThat(query(dataSource, "select epoch from dstream_batches")).containsExactly("1");
            goesOn.countDown();
            starting.join();
        }
    }

    private static void await(CountDownLatch latch) throws SQLException {
        try {
            latch.await();
        } catch (InterruptedException end) {
            throw new SQLException(end);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTableOfKeysMayHaveAnotherName(TestDatabase database) throws Exception {
        open(database);
        for (String word : List.of("a", "b")) {
            TestStreamingContext next = new TestStreamingContext();
            TestInput<Pair<String, Integer>> rows = next.input();
            rows.stream()
                    .saveTo(JdbcSink.insert(dataSource, "counts")
                            .column("word", Pair<String, Integer>::key)
                            .keyTable("progress"))
                    .named("counts");
            next.clock().advance(Duration.ofSeconds(word.equals("a") ? 0 : 1));
            rows.push(Pair.of(word, 1));
            next.runBatch();
            next.close();
        }
        assertThat(query(dataSource, "select output, batch_time, epoch from progress"))
                .containsExactly("counts 2000 2");
        assertThat(query(dataSource, "select word from counts order by word")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @EnumSource
    void aTableMayBeWithItsSchemaAndNamesMayBeWordsOfSql(TestDatabase database) throws Exception {
        open(database);
        String table = quoted(database, "order");
        String column = quoted(database, "select");
        execute(dataSource, "create schema if not exists app");
        execute(dataSource, "drop table if exists app." + table);
        execute(dataSource, "create table app." + table + " (" + column + " int)");
        TestInput<Integer> rows = test.input();
        rows.stream().saveTo(JdbcSink.insert(dataSource, "app.order").column("select", (Integer row) -> row));
        rows.push(3);
        test.runBatch();
        assertThat(query(dataSource, "select * from app." + table)).containsExactly("3");
    }

    @Test
    void withoutADirectoryTheFirstBatchLiesAfterTheLastOneThatWasWritten() throws Exception {
        TestStreamingContext before = new TestStreamingContext();
        TestInput<Pair<String, Integer>> rows = before.input();
        rows.stream().saveTo(JdbcSink.insert(dataSource, "counts").column("word", Pair<String, Integer>::key));
        before.clock().advance(Duration.ofSeconds(9));
        rows.push(Pair.of("a", 1));
        before.runBatch();
        before.close();
        input.stream().saveTo(JdbcSink.insert(dataSource, "counts").column("word", Pair<String, Integer>::key));
        input.push(Pair.of("b", 2));
        StreamingContext context = test.context();
        context.start();
        test.clock().advance(Duration.ofSeconds(10));
        assertThat(context.batches()).isEmpty();
        test.runBatch();
        assertThat(context.batches()).extracting(batch -> batch.batchTime()).containsExactly(Instant.ofEpochSecond(11));
        assertThat(query(dataSource, "select word from counts order by word")).containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a;b", "a\"b", "a.b.c", "1a", "drop table x"})
    void whatIsNoNameIsRefusedWhereItIsGiven(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.insert(dataSource, name))
                .withMessageContaining("'table'")
                .withMessageContaining("'" + name + "'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().keyTable(name))
                .withMessageContaining("'table'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().column(name, Pair::value))
                .withMessageContaining("'name'");
    }

    @Test
    void otherArgumentsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.insert(null, "counts"))
                .withMessageContaining("'dataSource'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.insert(dataSource, null))
                .withMessageContaining("'table'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().column("other", null))
                .withMessageContaining("'value'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().column("counts.n", Pair::value))
                .withMessageContaining("counts.n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().column("WORD", Pair::value))
                .withMessageContaining("WORD");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().batchSize(0))
                .withMessageContaining("'rows'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().idleTimeout(Duration.ofMillis(999)))
                .withMessage("'timeout' must be from 1 s to 24 days, but was PT0.999S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().idleTimeout(Duration.ofDays(24).plusMillis(1)))
                .withMessageContaining("'timeout' must be from 1 s to 24 days");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counts().idleTimeout(null))
                .withMessageContaining("'timeout'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.sql(dataSource, " ", (statement, row) -> {}))
                .withMessageContaining("'sql'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.sql(dataSource, "select 1", null))
                .withMessageContaining("'setter'");
        assertThatIllegalStateException()
                .isThrownBy(() -> counts().key("n", Pair<String, Integer>::value))
                .withMessageContaining("JdbcSink.upsert");
        assertThatIllegalStateException()
                .isThrownBy(() -> JdbcSink.sql(dataSource, "select 1", (statement, row) -> {})
                        .column("n", row -> row))
                .withMessageContaining("'n'");
    }

    /** As the database has names that were made without quotes. */
    private static String quoted(TestDatabase database, String name) {
        return switch (database) {
            case H2 -> '"' + name.toUpperCase(Locale.ROOT) + '"';
            case POSTGRESQL -> '"' + name + '"';
            case MARIADB, MYSQL -> '`' + name + '`';
        };
    }

    private JdbcSink<Pair<String, Integer>> counts() {
        return counts(dataSource);
    }

    private static JdbcSink<Pair<String, Integer>> counts(DataSource target) {
        return JdbcSink.insert(target, "counts").column("word", Pair<String, Integer>::key);
    }

    private static DataSource ofWriter(String url, String password) {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setURL(url.substring(0, url.indexOf(';'))); // settings are for its owner
        dataSource.setUser("writer");
        dataSource.setPassword(password);
        return dataSource;
    }

    private void open(TestDatabase database) throws Exception {
        dataSource = TestDatabase.dataSource(database.newUrl());
        execute(dataSource, "create table counts (word varchar(20) primary key, n int)");
        input = test.input();
    }

    private MisconfigurationException refuse(JdbcSink<? super Pair<String, Integer>> sink, String... parts) {
        try (TestStreamingContext refused = new TestStreamingContext()) {
            TestInput<Pair<String, Integer>> rows = refused.input();
            rows.stream().saveTo(sink);
            MisconfigurationException refusal = catchThrowableOfType(
                    MisconfigurationException.class, () -> refused.context().start());
            assertThat(refusal)
                    .hasMessageStartingWith("Output 'jdbc-0' of pipeline 'default' ")
                    .hasMessageContainingAll(parts);
            return refusal;
        }
    }
}
