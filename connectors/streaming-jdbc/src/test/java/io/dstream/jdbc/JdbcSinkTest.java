package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.event.BatchInfo.Status;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.output.SinkConflictException;
import io.dstream.rdd.Pair;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.test.TestInput;
import io.dstream.test.TestStreamingContext;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataIntegrityViolationException;

/** Each batch has its effect exactly once, whatever happens at which step, in each database. */
class JdbcSinkTest {

    @TempDir
    private Path temporary;

    private String url;
    private WatchedDataSource dataSource;
    private TestStreamingContext test = new TestStreamingContext();
    private TestInput<Pair<String, Integer>> input;

    @AfterEach
    void close() {
        test.close();
        assertThat(dataSource.openConnections()).as("connections left open").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anUpsertInsertsRowsAndUpdatesThoseOfTheSameKey(TestDatabase database) throws Exception {
        open(database);
        upsertCounts(dataSource);
        run(Pair.of("a", 1), Pair.of("b", 2));
        run(Pair.of("b", 3), Pair.of("c", 4));
        assertThat(counts()).containsExactly("a 1", "b 3", "c 4");
        assertThat(keys()).containsExactly("default jdbc-0 2000 1");
    }

    @ParameterizedTest
    @EnumSource
    void ofTwoRowsWithOneKeyInAPartitionTheLastCounts(TestDatabase database) throws Exception {
        open(database, "&reWriteBatchedInserts=true");
        stream().repartition(1).saveTo(countsOf(dataSource));
        run(Pair.of("a", 1), Pair.of("b", 2), Pair.of("a", 3));
        assertThat(counts()).containsExactly("a 3", "b 2");
    }

    @ParameterizedTest
    @EnumSource
    void aKeyMayBeOfSeveralColumnsAndAllThereIs(TestDatabase database) throws Exception {
        open(database);
        execute(dataSource, "create table seen (word varchar(20), n int, primary key (word, n))");
        stream()
                .saveTo(JdbcSink.upsert(dataSource, "seen")
                        .key("word", Pair<String, Integer>::key)
                        .key("n", Pair::value));
        run(Pair.of("a", 1), Pair.of("a", 2));
        run(Pair.of("a", 1));
        assertThat(query(dataSource, "select word, n from seen order by n")).containsExactly("a 1", "a 2");
    }

    @ParameterizedTest
    @EnumSource
    void anInsertWritesValuesOfManyTypes(TestDatabase database) throws Exception {
        open(database);
        execute(
                dataSource,
                "create table payments (id bigint, amount decimal(10, 2), kind varchar(10), at timestamp, due date,"
                        + " note varchar(20))");
        DStream<Payment> payments = stream().map(pair -> new Payment(pair.value()));
        payments.saveTo(JdbcSink.insert(dataSource, "payments")
                .column("id", Payment::id)
                .column("amount", Payment::amount)
                .column("kind", Payment::kind)
                .column("at", Payment::at)
                .column("due", payment -> LocalDate.EPOCH)
                .column("note", Payment::note));
        run(Pair.of("", 7), Pair.of("", 8));
        assertThat(query(
                        dataSource,
                        "select id, amount, kind, cast(at as char(19)), due, note from payments order by id"))
                .containsExactly(
                        "7 7.50 CASH 2001-09-09 01:46:47 1970-01-01 null",
                        "8 8.50 CASH 2001-09-09 01:46:48 1970-01-01 null");
    }

    @ParameterizedTest
    @EnumSource
    void aStatementOfTheUsersMayAddToWhatIsThere(TestDatabase database) throws Exception {
        open(database);
        execute(dataSource, "insert into counts (word, n) values ('a', 1)");
        stream().saveTo(JdbcSink.sql(dataSource, "update counts set n = n + ? where word = ?", (statement, pair) -> {
            statement.setInt(1, pair.value());
            statement.setString(2, pair.key());
        }));
        run(Pair.of("a", 10), Pair.of("a", 100));
        assertThat(counts()).containsExactly("a 111");
    }

    @ParameterizedTest
    @EnumSource
    void aCrashAtAnyStepLeavesEachRowOnce(TestDatabase database) throws Exception {
        open(database);
        for (Step step : List.of(Step.CONNECT, Step.ROWS_WRITTEN, Step.BEFORE_COMMIT, Step.AFTER_COMMIT)) {
            execute(dataSource, "create table " + step + " (word varchar(20), n int)");
            TestStreamingContext crashed = context(temporary.resolve(step.name()));
            appendTo(crashed.input(), step).push(Pair.of("a", 1), Pair.of("b", 2));
            crashed.context().start();
            dataSource.watch(reached -> {
                if (reached == step) {
                    throw new IllegalStateException("the process dies");
                }
            });
            assertThat(crashed.runFailingBatch().status()).isEqualTo(Status.FAILED);
            dataSource.watch(reached -> {});
            TestStreamingContext restarted = crashed.crash();
            appendTo(restarted.input(), step).push(Pair.of("c", 3));
            restarted.runBatch();
            restarted.close();
            assertThat(query(dataSource, "select word, n from " + step + " order by n"))
                    .as("rows after a crash, %s", step)
                    .containsExactly("a 1", "b 2", "c 3");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aViolatedConstraintFailsTheBatchAndLeavesNothingOfIt(TestDatabase database) throws Exception {
        open(database);
        test.close();
        test = new TestStreamingContext(config ->
                config.withFailure(new FailureSettings(Policy.SKIP, 1, Duration.ofSeconds(1), failure -> false)));
        input = test.input();
        stream()
                .saveTo(JdbcSink.insert(dataSource, "counts")
                        .column("word", Pair<String, Integer>::key)
                        .column("n", Pair::value)
                        .batchSize(1));
        run(Pair.of("a", 1));
        input.push(Pair.of("b", 2), Pair.of("a", 3));
        assertThat(test.runFailingBatch()).satisfies(batch -> {
            assertThat(batch.status()).isEqualTo(Status.SKIPPED);
            assertThat(batch.failureReason()).contains("jdbc-0");
        });
        run(Pair.of("c", 4));
        assertThat(counts()).containsExactly("a 1", "c 4");
        assertThat(keys()).containsExactly("default jdbc-0 3000 1");
    }

    @ParameterizedTest
    @EnumSource
    void itHaltsThePipelineUnlessBatchesAreSkipped(TestDatabase database) throws Exception {
        open(database);
        stream().saveTo(JdbcSink.insert(dataSource, "counts").column("word", Pair<String, Integer>::key));
        input.push(Pair.of("a", 1), Pair.of("a", 2));
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(test.context().info().problem()).isInstanceOf(DataIntegrityViolationException.class);
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceWhoseOutputWasTakenOverWritesNothing(TestDatabase database) throws Exception {
        open(database);
        upsertCounts(dataSource);
        run(Pair.of("a", 1));
        try (TestStreamingContext other = new TestStreamingContext()) {
            other.clock().advance(Duration.ofSeconds(1));
            TestInput<Pair<String, Integer>> others = other.input();
            others.stream().saveTo(countsOf(dataSource));
            others.push(Pair.of("a", 2));
            other.runBatch();
            input.push(Pair.of("a", 3));
            assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
            assertThat(test.context().info().problem())
                    .isInstanceOf(SinkConflictException.class)
                    .hasMessageContaining("epoch is 2, that of this one 1");
            others.push(Pair.of("b", 4));
            other.runBatch();
            assertThat(counts()).containsExactly("a 2", "b 4");
        }
    }

    @ParameterizedTest
    @EnumSource
    void outputsAndPipelinesMayShareATable(TestDatabase database) throws Exception {
        open(database);
        execute(dataSource, "create table words (word varchar(20))");
        TestInput<Pair<String, Integer>> shared = test.input();
        for (String prefix : List.of("x", "y")) {
            shared.stream()
                    .map(Pair::key)
                    .saveTo(JdbcSink.insert(dataSource, "words").column("word", (String word) -> prefix + word));
        }
        TestStreamingContext other = new TestStreamingContext();
        try (other) {
            other.context().pipeline("second");
            TestInput<Pair<String, Integer>> others = inputOf(other.pipeline("second"));
            others.stream()
                    .map(Pair::key)
                    .saveTo(JdbcSink.insert(dataSource, "words").column("word", (String word) -> word));
            shared.push(Pair.of("a", 1));
            test.runBatch();
            others.push(Pair.of("b", 1));
            other.runBatch();
        }
        assertThat(query(dataSource, "select word from words order by word")).containsExactly("b", "xa", "ya");
        assertThat(keys()).containsExactly("default jdbc-0 1000 1", "default jdbc-1 1000 1", "second jdbc-0 1000 1");
    }

    @ParameterizedTest
    @EnumSource
    void rowsAreSentInBatchesOfBoundedSizeWhileTheyAreComputed(TestDatabase database) throws Exception {
        open(database);
        execute(dataSource, "create table numbers (n int)");
        AtomicInteger waiting = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        dataSource.watch(step -> {
            if (step == Step.ROWS_WRITTEN) {
                waiting.set(0);
            }
        });
        stream()
                .flatMap(pair -> IntStream.range(0, 20_000).iterator())
                .saveTo(JdbcSink.insert(dataSource, "numbers")
                        .column("n", (Integer number) -> {
                            most.accumulateAndGet(waiting.incrementAndGet(), Math::max);
                            return number;
                        })
                        .batchSize(500));
        run(Pair.of("", 1));
        assertThat(query(dataSource, "select count(*), min(n), max(n) from numbers"))
                .containsExactly("20000 0 19999");
        assertThat(most.get()).isEqualTo(500);
    }

    @ParameterizedTest
    @EnumSource
    void allPartitionsAreInOneTransaction(TestDatabase database) throws Exception {
        open(database);
        execute(dataSource, "create table numbers (n int)");
        AtomicInteger commits = new AtomicInteger();
        stream()
                .repartition(8)
                .flatMap(pair -> Collections.nCopies(10, pair.value()).iterator())
                .saveTo(JdbcSink.insert(dataSource, "numbers")
                        .column("n", (Integer number) -> number)
                        .batchSize(7));
        test.context().start();
        dataSource.watch(step -> commits.addAndGet(step == Step.AFTER_COMMIT ? 1 : 0));
        input.push(IntStream.range(0, 100).mapToObj(n -> Pair.of("", n)).toList());
        test.runBatch();
        assertThat(query(dataSource, "select count(*), count(distinct n) from numbers"))
                .containsExactly("1000 100");
        assertThat(commits).hasValue(1);
    }

    private void open(TestDatabase database) throws Exception {
        open(database, "");
    }

    /**
     * @param options for PostgreSQL
     */
    private void open(TestDatabase database, String options) throws Exception {
        url = database.newUrl() + (database == TestDatabase.POSTGRESQL ? options : "");
        DataSource direct = TestDatabase.dataSource(url);
        dataSource = new WatchedDataSource(direct);
        execute(dataSource, "create table counts (word varchar(20) primary key, n int)");
        input = test.input();
    }

    private static <T> TestInput<T> inputOf(TestStreamingContext context) {
        return context.input();
    }

    private DStream<Pair<String, Integer>> stream() {
        return input.stream();
    }

    private void upsertCounts(DataSource target) {
        stream().saveTo(countsOf(target));
    }

    private static JdbcSink<Pair<String, Integer>> countsOf(DataSource target) {
        return JdbcSink.upsert(target, "counts")
                .key("word", Pair<String, Integer>::key)
                .column("n", Pair::value);
    }

    private static TestStreamingContext context(Path directory) {
        return new TestStreamingContext(
                config -> config.withCheckpointDirectory(directory).withWriteAheadLog(true));
    }

    private TestInput<Pair<String, Integer>> appendTo(TestInput<Pair<String, Integer>> rows, Step step) {
        rows.stream()
                .saveTo(JdbcSink.insert(dataSource, step.name())
                        .column("word", Pair<String, Integer>::key)
                        .column("n", Pair::value))
                .named(step.name());
        return rows;
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // it is only read
    private void run(Pair<String, Integer>... rows) {
        input.push(List.of(rows));
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    private List<String> counts() {
        return query(dataSource, "select word, n from counts order by word");
    }

    private List<String> keys() {
        return query(
                dataSource,
                "select pipeline, output, batch_time, epoch from dstream_batches order by pipeline, output");
    }

    private enum Kind {
        CASH
    }

    private record Payment(long id) {

        BigDecimal amount() {
            return BigDecimal.valueOf(id * 10 + 5, 1);
        }

        Kind kind() {
            return Kind.CASH;
        }

        Instant at() {
            return Instant.ofEpochSecond(1_000_000_000 + id);
        }

        @Nullable
        String note() {
            return null;
        }
    }
}
