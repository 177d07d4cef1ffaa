package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.output.SinkConflictException;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.test.TestInput;
import io.dstream.test.TestStreamingContext;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done in the transaction of a batch beside its rows. */
class TransactionStepTest {

    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final List<Instant> times = new CopyOnWriteArrayList<>();
    private DataSource dataSource;
    private TestStreamingContext test;
    private TestInput<Integer> input;

    @BeforeEach
    void open() throws Exception {
        dataSource = TestDatabase.dataSource(TestDatabase.H2.newUrl());
        execute(dataSource, "create table numbers (n int)");
        execute(dataSource, "create table notes (batch bigint)");
        openWith(Policy.STOP, 1);
    }

    private void openWith(Policy policy, int attempts) {
        test = new TestStreamingContext(config ->
                config.withFailure(new FailureSettings(policy, attempts, Duration.ofMillis(1), unknown -> false)));
        input = test.input();
        input.stream()
                .saveTo(JdbcSink.insert(dataSource, "numbers")
                        .column("n", (Integer number) -> number)
                        .inTransaction(this::note)
                        .inTransaction((connection, time) -> fail()));
    }

    @AfterEach
    void close() {
        test.close();
    }

    private void note(Connection connection, Instant batchTime) throws SQLException {
        times.add(batchTime);
        assertThat(connection.getAutoCommit()).isFalse();
        try (Statement statement = connection.createStatement()) {
            statement.execute("insert into notes select " + batchTime.getEpochSecond() + " from numbers");
        }
    }

    private void fail() throws Exception {
        Exception wanted = failure.get();
        if (wanted != null) {
            throw wanted;
        }
    }

    @Test
    void itTakesEffectWithTheRowsAndSeesThem() {
        input.push(1, 2);
        test.runBatch();
        assertThat(query(dataSource, "select n from numbers order by n")).containsExactly("1", "2");
        assertThat(query(dataSource, "select batch from notes")).containsExactly("1", "1");
        assertThat(times).containsExactly(Instant.ofEpochSecond(1));
    }

    @Test
    void aBatchWithoutRowsHasNoTransactionToRunItIn() {
        test.runBatch();
        assertThat(times).isEmpty();
    }

    @Test
    void whatItThrowsUndoesTheRowsAndFailsTheBatch() {
        failure.set(new IOException("the disk is full"));
        input.push(1);
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("the disk is full");
        assertThatNothingIsThere();
    }

    @Test
    void aBatchThatIsSkippedLeavesNothingOfIt() {
        test.close();
        openWith(Policy.SKIP, 1);
        failure.set(new SQLException("a constraint is violated", "23505"));
        input.push(1);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.SKIPPED);
        assertThatNothingIsThere();
    }

    @Test
    void aConflictHaltsThePipelineWhateverThePolicyIs() {
        test.close();
        openWith(Policy.SKIP, 3);
        failure.set(new SinkConflictException("it is somebody else's"));
        input.push(1);
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(times).hasSize(1);
        assertThat(test.context().info().state()).isEqualTo(State.FAILED);
        assertThatNothingIsThere();
    }

    private void assertThatNothingIsThere() {
        assertThat(query(dataSource, "select n from numbers")).isEmpty();
        assertThat(query(dataSource, "select batch from notes")).isEmpty();
    }

    @Test
    void noStepIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JdbcSink.insert(dataSource, "numbers")
                        .column("n", (Integer number) -> number)
                        .inTransaction(null))
                .withMessage("'step' must be a function, but was null");
    }
}
