package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.output.SinkUnavailableException;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** What is no fault of the batch makes it wait, without counting attempts, and it takes effect once when that is over. */
@Timeout(60)
class SurroundingsTest {

    private final Events events = new Events();
    private final Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
    private final StreamingContext context = new StreamingContext(StreamingConfig.defaults()
            .withBatchInterval(Duration.ofMillis(20))
            .withParallelism(2)
            .withFailure(new FailureSettings(Policy.STOP, 1, Duration.ofMillis(10), failure -> false))
            .withObserver(events));

    private DataSource direct;
    private WatchedDataSource dataSource;

    @AfterEach
    void close() {
        context.stop(false, Duration.ZERO);
        context.close();
    }

    @Test
    void aDatabaseThatIsAwayIsWaitedForAtTheStartAndLater() throws Exception {
        String url = TestDatabase.H2.newUrl();
        open(url);
        Server first = newServer();
        first.stop();
        AtomicReference<Server> server = new AtomicReference<>(first);
        try (HikariDataSource pool = new HikariDataSource()) { // it connects when it is first used
            pool.setDataSource(new AbstractDataSource() {
                @Override
                public Connection getConnection() throws SQLException {
                    return TestDatabase.dataSource(url.replace(
                                    "jdbc:h2:mem:",
                                    "jdbc:h2:tcp://localhost:" + server.get().getPort() + "/mem:"))
                            .getConnection();
                }

                @Override
                public Connection getConnection(String user, String password) throws SQLException {
                    return getConnection();
                }
            });
            pool.setConnectionTimeout(250);
            save(pool);
            context.start();
            queue.add(context.parallelize(List.of("a")));
            assertThat(events.awaitState(State.WAITING).problem()).isInstanceOf(SinkUnavailableException.class);
            server.set(newServer());
            awaitWords("a");
            server.get().stop();
            queue.add(context.parallelize(List.of("b")));
            events.awaitState(State.WAITING);
            server.set(newServer());
            awaitWords("a", "b");
            close();
        } finally {
            server.get().stop();
        }
    }

    /** At a port of its own: that of one that has ended may be somebody else's by then. */
    private static Server newServer() throws SQLException {
        return Server.createTcpServer("-tcpPort", "0").start();
    }

    @Test
    void aPoolWithoutAFreeConnectionIsWaitedFor() throws Exception {
        open(TestDatabase.H2.newUrl());
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setDataSource(direct);
            pool.setMaximumPoolSize(1);
            pool.setConnectionTimeout(250);
            save(pool);
            context.start();
            try (Connection taken = pool.getConnection()) {
                assertThat(taken.isClosed()).isFalse();
                queue.add(context.parallelize(List.of("a")));
                events.awaitState(State.WAITING);
            }
            awaitWords("a");
            close();
        }
    }

    @Test
    void aConnectionThatIsCutInATransactionLeavesNothingAndTheBatchIsWrittenAgain() throws Exception {
        open(TestDatabase.POSTGRESQL.newUrl());
        save(dataSource);
        context.start();
        once(
                Step.BEFORE_COMMIT,
                () -> query(
                        direct,
                        "select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'"));
        queue.add(context.parallelize(List.of("a", "b"), 2));
        events.awaitState(State.WAITING);
        awaitWords("a", "b");
    }

    @Test
    void aCommitWhoseAnswerIsLostIsNotRepeated() throws Exception {
        open(TestDatabase.H2.newUrl());
        save(dataSource);
        context.start();
        once(Step.AFTER_COMMIT, () -> {
            throw new SQLException("the network is gone", "08006");
        });
        queue.add(context.parallelize(List.of("a")));
        events.awaitState(State.WAITING);
        queue.add(context.parallelize(List.of("b")));
        awaitWords("a", "b");
    }

    @Test
    void theVictimOfADeadlockIsTriedAgain() throws Exception {
        open(TestDatabase.POSTGRESQL.newUrl() + "&options=-c%20deadlock_timeout=50ms");
        execute(direct, "alter table words add primary key (word)");
        execute(direct, "insert into words values ('a'), ('b')");
        context.queueStream(queue)
                .saveTo(JdbcSink.sql(
                                dataSource,
                                "update words set word = word where word = ?",
                                (PreparedStatement statement, String word) -> {
                                    statement.setString(1, word);
                                })
                        .batchSize(1));
        context.start();
        try (Connection other = direct.getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("set deadlock_timeout = '1min'");
            statement.execute("update words set word = word where word = 'b'");
            CountDownLatch ended = new CountDownLatch(1);
            once(Step.ROWS_WRITTEN, () -> {
                Thread thread = new Thread(() -> {
                    updateAndCommit(other);
                    ended.countDown();
                });
                thread.start();
                awaitBlocked();
            });
            queue.add(context.parallelize(List.of("a", "b"), 1));
            assertThat(events.awaitState(State.WAITING).problem()).hasMessageContaining("deadlock");
            events.awaitState(State.ACTIVE);
            ended.await();
        }
    }

    @Test
    void aFunctionThatFailsUndoesWhatWasWritten() throws Exception {
        open(TestDatabase.H2.newUrl());
        context.queueStream(queue)
                .saveTo(JdbcSink.insert(dataSource, "words")
                        .column("word", (String word) -> {
                            if (word.equals("poison")) {
                                throw new IllegalArgumentException("poisoned");
                            }
                            return word;
                        })
                        .batchSize(1));
        context.start();
        queue.add(context.parallelize(List.of("a", "b", "poison"), 1));
        assertThat(events.awaitState(State.FAILED).problem()).hasMessage("poisoned");
        assertThat(query(direct, "select word from words")).isEmpty();
    }

    private void open(String url) throws SQLException {
        direct = TestDatabase.dataSource(url);
        dataSource = new WatchedDataSource(direct);
        execute(direct, "create table words (word varchar(20))");
    }

    private void save(DataSource target) {
        context.queueStream(queue).saveTo(JdbcSink.insert(target, "words").column("word", (String word) -> word));
    }

    private void once(Step step, Action action) {
        AtomicBoolean done = new AtomicBoolean();
        dataSource.watch(reached -> {
            if (reached == step && done.compareAndSet(false, true)) {
                action.run();
            }
        });
    }

    /** Waits for the batches with the words, and for one more, which would show a word that is there twice. */
    private void awaitWords(String... words) throws InterruptedException {
        while (query(direct, "select word from words").size() < words.length) {
            events.awaitBatch();
        }
        events.awaitBatch();
        assertThat(query(direct, "select word from words order by word")).containsExactly(words);
    }

    private static void updateAndCommit(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("update words set word = word where word = 'a'");
            connection.commit();
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Until the database says that somebody waits for a lock. */
    private void awaitBlocked() {
        Instant deadline = Instant.now().plusSeconds(30);
        while (query(direct, "select pid from pg_stat_activity where wait_event_type = 'Lock'")
                .isEmpty()) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("Nobody waits for a lock");
            }
        }
    }

    /** What happens at a step. */
    @FunctionalInterface
    private interface Action {
        void run() throws SQLException;
    }
}
