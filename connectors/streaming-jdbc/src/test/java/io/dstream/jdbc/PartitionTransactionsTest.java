package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.function.StreamingException;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.output.SinkConflictException;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.test.TestInput;
import io.dstream.test.TestStreamingContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions in transactions of their own: each takes effect once, whatever happens between them, in each database. */
@Timeout(60)
class PartitionTransactionsTest {

    private static final String OUTPUT = "numbers";

    @TempDir
    private Path temporary;

    private DataSource direct;
    private WatchedDataSource dataSource;
    private TestStreamingContext test = new TestStreamingContext(config -> config.withParallelism(1));

    @AfterEach
    void close() {
        test.close();
        assertThat(dataSource == null ? 0 : dataSource.openConnections())
                .as("connections left open")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void eachPartitionIsWrittenOnceInATransactionOfItsOwn(TestDatabase database) throws Exception {
        open(database);
        TestInput<Integer> input = define(test, 3);
        test.context().start();
        AtomicInteger commits = new AtomicInteger();
        dataSource.watch(step -> commits.addAndGet(step == Step.AFTER_COMMIT ? 1 : 0));
        input.push(IntStream.range(0, 30).boxed().toList());
        test.runBatch();
        assertThat(query(direct, "select count(*), count(distinct n) from numbers"))
                .containsExactly("30 30");
        assertThat(commits).as("of three partitions and the whole").hasValue(4);
        assertThat(keys())
                .containsExactly("numbers 1000 1", "numbers#0/3 1000 1", "numbers#1/3 1000 1", "numbers#2/3 1000 1");
        test.runBatch();
        assertThat(commits).as("after a batch without rows").hasValue(4);
        input.push(30);
        test.runBatch();
        assertThat(commits).as("after a batch with rows in one partition").hasValue(6);
        assertThat(keys())
                .containsExactly("numbers 3000 1", "numbers#0/3 3000 1", "numbers#1/3 1000 1", "numbers#2/3 1000 1");
    }

    @ParameterizedTest
    @EnumSource
    void partitionsAreWrittenAtTheSameTime(TestDatabase database) throws Exception {
        open(database);
        test.close();
        test = new TestStreamingContext(config -> config.withParallelism(2));
        TestInput<Integer> input = define(test, 2);
        test.context().start();
        CyclicBarrier bothHaveWritten = new CyclicBarrier(2);
        dataSource.watch(step -> {
            if (step == Step.ROWS_WRITTEN) {
                await(bothHaveWritten);
            }
        });
        input.push(1, 2, 3, 4);
        test.runBatch();
        assertThat(numbers()).containsExactly("1", "2", "3", "4");
    }

    @ParameterizedTest
    @EnumSource
    void aBatchThatIsTriedAgainComputesAndWritesOnlyWhatIsMissing(TestDatabase database) throws Exception {
        open(database);
        Events events = new Events();
        Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>();
        Queue<Integer> computed = new ConcurrentLinkedQueue<>();
        AtomicBoolean failed = new AtomicBoolean();
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(20))
                .withParallelism(1)
                .withFailure(new FailureSettings(Policy.STOP, 2, Duration.ofMillis(10), failure -> false))
                .withObserver(events))) {
            context.queueStream(queue)
                    .repartition(3)
                    .map(number -> {
                        computed.add(number);
                        if (number == 4 && !failed.getAndSet(true)) {
                            throw new IllegalArgumentException("four");
                        }
                        return number;
                    })
                    .saveTo(sink().transactionPerPartition(3));
            context.start();
            queue.add(context.parallelize(List.of(0, 1, 2, 3, 4, 5), 1));
            while (numbers().size() < 6) {
                assertThat(events.awaitBatch().status()).isEqualTo(Status.COMMITTED);
            }
            context.stop(true, Duration.ofSeconds(20));
        }
        assertThat(numbers()).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(computed).containsExactly(0, 3, 1, 4, 1, 4, 2, 5);
    }

    @ParameterizedTest
    @EnumSource
    void aCrashBetweenPartitionsLeavesEachRowOnce(TestDatabase database) throws Exception {
        open(database);
        crashAndRestart(Step.ROWS_WRITTEN, 2);
        crashAndRestart(Step.BEFORE_COMMIT, 3);
        crashAndRestart(Step.AFTER_COMMIT, 1);
        crashAndRestart(Step.BEFORE_COMMIT, 4); // that of the whole
        crashAndRestart(Step.AFTER_COMMIT, 4);
    }

    private void crashAndRestart(Step step, int place) {
        execute(direct, "delete from numbers");
        String name = step.name() + place;
        TestStreamingContext crashed = crashAt(step, place, name);
        int written = numbers().size();
        TestStreamingContext restarted = crashed.crash();
        TestInput<Integer> input = define(restarted, 3, name);
        input.push(6);
        restarted.runBatch();
        restarted.close();
        assertThat(numbers())
                .as("rows after a crash at %s, with %s before", name, written)
                .containsExactly("0", "1", "2", "3", "4", "5", "6");
    }

    private TestStreamingContext crashAt(Step step, int place, String name) {
        TestStreamingContext crashed = new TestStreamingContext(config -> config.withParallelism(1)
                .withCheckpointDirectory(temporary.resolve(name))
                .withWriteAheadLog(true));
        define(crashed, 3, name).push(0, 1, 2, 3, 4, 5);
        crashed.context().start();
        AtomicInteger reached = new AtomicInteger();
        dataSource.watch(now -> {
            if (now == step && reached.incrementAndGet() == place) {
                throw new IllegalStateException("the process dies");
            }
        });
        assertThat(crashed.runFailingBatch().failureReason()).contains("the process dies");
        dataSource.watch(now -> {});
        return crashed;
    }

    @ParameterizedTest
    @EnumSource
    void theNumberMayChangeUntilSomethingIsWritten(TestDatabase database) throws Exception {
        open(database);
        for (int partitions : List.of(3, 0, 2)) {
            try (TestStreamingContext next = new TestStreamingContext()) {
                define(next, partitions);
                next.context().start();
            }
        }
        assertThat(keys()).containsExactly("numbers null 3", "numbers#0/2 null 3", "numbers#1/2 null 3");
    }

    @ParameterizedTest
    @EnumSource
    void anotherNumberIsRefusedThenAndSoIsNone(TestDatabase database) throws Exception {
        open(database);
        writeWith(2);
        refuse(3, "a transaction for each of 2 partitions", "a transaction for each of 3 partitions", "'numbers#'");
        refuse(0, "a transaction for each of 2 partitions", "one transaction for each batch");
        assertThat(keys()).containsExactly("numbers 1000 1", "numbers#0/2 1000 1", "numbers#1/2 1000 1");
        execute(direct, "update dstream_batches set batch_time = null");
        writeWith(0);
        assertThat(keys()).containsExactly("numbers 1000 2");
        refuse(2, "one transaction for each batch", "a transaction for each of 2 partitions", "Go back");
    }

    @Test
    void soItIsIfOnlyAPartOfTheFirstBatchIsWritten() throws Exception {
        open(TestDatabase.H2);
        crashAt(Step.AFTER_COMMIT, 1, OUTPUT).close();
        assertThat(keys())
                .containsExactly("numbers null 1", "numbers#0/3 1000 1", "numbers#1/3 null 1", "numbers#2/3 null 1");
        refuse(2, "a transaction for each of 3 partitions");
    }

    @Test
    void andIfTheKeyOfAPartitionIsGone() throws Exception {
        open(TestDatabase.H2);
        writeWith(2);
        execute(direct, "delete from dstream_batches where output = 'numbers#0/2'");
        refuse(2, "a transaction for each of 1 partitions");
    }

    private void writeWith(int partitions) {
        try (TestStreamingContext next = new TestStreamingContext()) {
            define(next, partitions).push(1, 2, 3, 4);
            next.runBatch();
        }
    }

    private void refuse(int partitions, String... parts) {
        try (TestStreamingContext refused = new TestStreamingContext()) {
            define(refused, partitions);
            assertThatExceptionOfType(StreamingException.class)
                    .isThrownBy(() -> refused.context().start())
                    .satisfies(failure -> assertThat(failure.getMessage()).contains(parts));
        }
    }

    @Test
    void aNameThatLeavesNoRoomForThoseOfThePartitionsIsRefused() throws Exception {
        open(TestDatabase.H2);
        define(test, 10, "a".repeat(96));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageContaining("a#9/10")
                .withMessageContaining("shorter");
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void aBatchOfAnotherNumberOfPartitionsFailsAndLeavesNothing(int partitions) throws Exception {
        open(TestDatabase.H2);
        TestInput<Integer> input = test.input();
        input.stream().repartition(partitions).saveTo(sink().transactionPerPartition(3));
        input.push(1, 2, 3, 4);
        BatchInfo batch = test.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).contains("has " + partitions + ". Call repartition(3)");
        assertThat(numbers()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anInstanceWhoseOutputWasTakenOverWritesNothingInAnyPartition(TestDatabase database) throws Exception {
        open(database);
        TestInput<Integer> input = define(test, 3);
        input.push(0, 1, 2);
        test.runBatch();
        try (TestStreamingContext other = new TestStreamingContext()) {
            define(other, 3);
            other.context().start();
            input.push(3, 4, 5);
            assertThatItIsOvertaken(test.runFailingBatch());
        }
        assertThat(numbers()).containsExactly("0", "1", "2");
        assertThat(keys())
                .containsExactly("numbers 1000 2", "numbers#0/3 1000 2", "numbers#1/3 1000 2", "numbers#2/3 1000 2");
    }

    @ParameterizedTest
    @EnumSource
    void oneThatIsTakenOverBetweenPartitionsWritesNoMoreAndNoNewBatchIsTakenForItsLast(TestDatabase database)
            throws Exception {
        open(database);
        TestInput<Integer> input = define(test, 3);
        test.context().start();
        try (TestStreamingContext other = new TestStreamingContext()) {
            TestInput<Integer> others = define(other, 3);
            AtomicBoolean started = new AtomicBoolean();
            dataSource.watch(step -> {
                if (step == Step.AFTER_COMMIT && !started.getAndSet(true)) {
                    other.context().start();
                }
            });
            input.push(0, 1, 2, 3, 4, 5);
            assertThatItIsOvertaken(test.runFailingBatch());
            assertThat(numbers()).containsExactly("0", "3");
            others.push(6, 7, 8);
            other.clock().advance(Duration.ofSeconds(1)); // of which there is no batch
            assertThat(other.runBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(2));
        }
        assertThat(numbers()).containsExactly("0", "3", "6", "7", "8");
    }

    private void assertThatItIsOvertaken(BatchInfo batch) {
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(test.context().info().problem())
                .isInstanceOf(SinkConflictException.class)
                .hasMessageContaining("epoch is 2, that of this one 1");
    }

    @Test
    void aBatchBeforeOneThatIsWrittenHaltsThePipeline() throws Exception {
        open(TestDatabase.H2);
        TestStreamingContext crashed = crashAt(Step.BEFORE_COMMIT, 1, OUTPUT);
        execute(direct, "update dstream_batches set batch_time = 9000 where output = 'numbers#2/3'");
        TestStreamingContext older = crashed.crash();
        assertThatIllegalStateException().isThrownBy(() -> {
            try (older) {
                define(older, 3);
                older.runBatch(); // that of the crash comes first
            }
        });
        assertThat(older.context().info().problem())
                .isInstanceOf(SinkConflictException.class)
                .hasMessageContaining("older than the database");
        assertThat(numbers()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 1_001})
    void anImpossibleNumberIsRefused(int partitions) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sink().transactionPerPartition(partitions))
                .withMessage("'partitions' must be from 1 to 1,000, but was " + partitions);
    }

    @Test
    void stepsOfOneTransactionAreRefused() {
        assertThatIllegalStateException()
                .isThrownBy(() -> sink().transactionPerPartition(2).inTransaction((connection, time) -> {}))
                .withMessageContaining("transactionPerPartition");
        assertThatIllegalStateException()
                .isThrownBy(() -> sink().inTransaction((connection, time) -> {}).transactionPerPartition(2))
                .withMessageContaining("inTransaction");
    }

    private void open(TestDatabase database) throws Exception {
        direct = TestDatabase.dataSource(database.newUrl());
        dataSource = new WatchedDataSource(direct);
        execute(direct, "create table numbers (n int)");
    }

    private TestInput<Integer> define(TestStreamingContext context, int partitions) {
        return define(context, partitions, OUTPUT);
    }

    /**
     * @param partitions 0 for one transaction for each batch
     */
    private TestInput<Integer> define(TestStreamingContext context, int partitions, String name) {
        TestInput<Integer> input = context.input();
        if (partitions == 0) {
            input.stream().saveTo(sink()).named(name);
        } else {
            input.stream()
                    .repartition(partitions)
                    .saveTo(sink().transactionPerPartition(partitions))
                    .named(name);
        }
        return input;
    }

    private JdbcSink<Integer> sink() {
        DataSource target = dataSource == null ? new org.h2.jdbcx.JdbcDataSource() : dataSource;
        return JdbcSink.insert(target, "numbers").column("n", (Integer number) -> number);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException("only one of them has", failure);
        }
    }

    private List<String> numbers() {
        return query(direct, "select n from numbers order by n");
    }

    private List<String> keys() {
        return query(direct, "select output, batch_time, epoch from dstream_batches order by output");
    }
}
