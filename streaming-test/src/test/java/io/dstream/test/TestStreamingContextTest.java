package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.OutputInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.QueueSource;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.LongAccumulator;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kit does for a test, and what it says when a test goes wrong. */
class TestStreamingContextTest {

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void everyPushedListIsABatchOfItsOwn() {
        TestInput<Integer> numbers = test.input();
        TestOutput<Integer> output = test.output(numbers.stream());
        numbers.pushBatches(List.of(1, 2), List.of(), List.of(4));
        numbers.push(3);
        assertThat(test.runUntilEmpty()).extracting(BatchInfo::numRecords).containsExactly(3L, 0L, 1L);
        assertThat(output.batches()).containsExactly(List.of(1, 2, 3), List.of(), List.of(4));
    }

    @Test
    void withNothingPushedThereIsNothingToRun() {
        test.output(test.input().stream());
        assertThat(test.runUntilEmpty()).isEmpty();
    }

    @Test
    void anInputThatFeedsNoOutputIsNotWaitedFor() {
        TestInput<Integer> used = test.input();
        TestInput<Integer> unused = test.input();
        test.output(used.stream());
        used.push(1);
        assertThat(test.runUntilEmpty()).hasSize(1);
        unused.push(1);
        assertThatIllegalStateException()
                .isThrownBy(test::runUntilEmpty)
                .withMessageStartingWith(
                        "Rows were pushed to the input 'queue-1' of pipeline 'default', which no output reads");
    }

    @Test
    void aNewInputThatIsTakenForTheOneThatIsDefinedIsToldWithTheWayToThatOne() {
        defineWordCount(test.context());
        test.context().replaceInput("network-0", new QueueSource<>(new ConcurrentLinkedQueue<>(), false));
        test.<String>input().push("to be");
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessage(
                        "Rows were pushed to the input 'queue-0' of pipeline 'default', which no output reads. input()"
                                + " makes a new input for streams that the test defines; to feed one that is defined already, ask for"
                                + " it by input(id): input(\"network-0\")");
    }

    @Test
    void aNewInputBesideDerivedPipelinesIsRefusedWithTheWayToTheirs() {
        defineWordCount(test.context().pipeline("word-count"));
        assertThatIllegalStateException()
                .isThrownBy(test::input)
                .withMessageContaining("there are those of pipeline word-count")
                .withMessageEndingWith("by input(id): input(\"network-0\")");
        test.<String>input("network-0").push("to be");
        assertThat(test.runBatch().numRecords()).isEqualTo(1);
    }

    @Test
    void anInputThatTheTestHasMadeIsFoundByItsIdToo() {
        TestInput<Integer> numbers = test.input();
        test.output(numbers.stream().named("numbers"));
        assertThat(test.<Integer>input("numbers")).isSameAs(numbers);
    }

    @Test
    void aSourceOfItsOwnIsRefusedIfTheTestSaysSo() {
        defineWordCount(test.context());
        test.refuseOwnSources();
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageStartingWith(
                        "Input 'network-0' of pipeline 'default' would read its own source, which this test"
                                + " is not to start: feed it by input(\"network-0\")");
        test.input("network-0");
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void lookingAtAStreamComputesNothingASecondTime() {
        LongAccumulator seen = test.context().longAccumulator("seen");
        TestInput<Integer> numbers = test.input();
        numbers.stream()
                .map(number -> {
                    seen.add(1);
                    return number;
                })
                .foreachRDD(rdd -> rdd.foreach(number -> {}));
        TestOutput<Integer> mapped = test.output("map-0");
        assertThat(test.<Integer>output("foreachRDD-0")).isNotSameAs(mapped);
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(mapped.last()).containsExactly(1, 2, 3);
        assertThat(seen.value()).isEqualTo(3);
    }

    @Test
    void thatStateIsInMemoryIsNewsOnlyWhereTimeIsReal() {
        String warning = "keeps state in memory";
        assertThat(Log.of(() -> {
                    countWords(test.context());
                    test.runBatch();
                }))
                .doesNotContain(warning);
        assertThat(Log.of(() -> {
                    try (StreamingContext real = new StreamingContext(StreamingConfig.defaults())) {
                        countWords(real);
                        real.start();
                    }
                }))
                .contains(warning);
    }

    private static void countWords(StreamingContext streams) {
        streams.queueStream(new ConcurrentLinkedQueue<RDD<String>>())
                .mapToPair(word -> Pair.of(word, 1))
                .<Integer>updateStateByKey((ones, sum) -> sum)
                .foreachRDD(rdd -> {});
    }

    @Test
    void aDefinitionIsFedAndLookedAtByIdsAndItsSourceIsNotStarted() {
        defineWordCount(test.context());
        TestInput<String> lines = test.input("network-0");
        TestOutput<Pair<String, Integer>> counts = test.output("print-0");
        lines.push("to be or", "not to be");
        assertThat(test.runBatch().inputs()).singleElement().satisfies(input -> {
            assertThat(input.input()).isEqualTo("network-0");
            assertThat(input.records()).isEqualTo(2);
        });
        assertThat(counts.last())
                .containsExactlyInAnyOrder(Pair.of("to", 2), Pair.of("be", 2), Pair.of("or", 1), Pair.of("not", 1));
    }

    @Test
    void namesCountInPlaceOfKindAndNumber() {
        var lines = test.context().inputStream(new AbsentNetwork()).named("lines");
        lines.map(String::length)
                .named("lengths")
                .filter(length -> length > 1)
                .print()
                .named("console");
        TestInput<String> input = test.input("lines");
        TestOutput<Integer> lengths = test.output("lengths");
        TestOutput<Integer> printed = test.output("console");
        input.push("a", "bb");
        test.runBatch();
        assertThat(lengths.last()).containsExactly(1, 2);
        assertThat(printed.last()).containsExactly(2);
    }

    @Test
    void anIdThatIsNotThereIsToldWithThoseThatAre() {
        defineWordCount(test.context());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.input("linez"))
                .withMessage("There is no input 'linez' in pipeline 'default', which has network-0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.output("counts"))
                .withMessage("There is no stream or output 'counts' in pipeline 'default', which has"
                        + " network-0, flatMap-0, mapToPair-0, reduceByKey-0, print-0");
    }

    @Test
    void askingAgainGivesTheSameInputAndOutput() {
        defineWordCount(test.context());
        assertThat(test.input("network-0")).isSameAs(test.input("network-0"));
        assertThat(test.output("print-0")).isSameAs(test.output("print-0"));
    }

    @Test
    void afterTheStartItIsTooLateToAsk() {
        defineWordCount(test.context());
        test.input("network-0");
        test.runBatch();
        assertThatIllegalStateException()
                .isThrownBy(() -> test.output("print-0"))
                .withMessageContaining("define everything before start()");
        TestStreamingContext derived = derived("late");
        derived.context().queueStream(new ConcurrentLinkedQueue<>()).print(0);
        derived.runBatch();
        assertThatIllegalStateException()
                .isThrownBy(() -> derived.input("queue-0"))
                .withMessageContaining("define everything before start()");
    }

    @Test
    void rowsOfAnotherTypeFailTheBatch() {
        defineWordCount(test.context());
        test.<Integer>input("network-0").push(1);
        assertThat(test.runFailingBatch().failureReason()).contains("ClassCastException");
    }

    @Test
    void theOnlyDerivedPipelineNeedNotBeAskedFor() {
        defineWordCount(test.context().pipeline("word-count"));
        test.<String>input("network-0").push("to be");
        TestOutput<Pair<String, Integer>> counts = test.output("print-0");
        assertThat(test.runUntilEmpty()).extracting(BatchInfo::pipeline).containsExactly("word-count");
        assertThat(counts.last()).hasSize(2);
    }

    @Test
    void ofSeveralDerivedPipelinesOneHasToBeChosen() {
        derived("orders");
        derived("bills");
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessage("There are several pipelines, orders, bills: choose one with pipeline(name)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.pipeline("order"))
                .withMessage("There is no pipeline 'order' derived from the context; there is orders, bills");
    }

    @Test
    void thePipelinesThatRunShareTheClock() {
        TestStreamingContext seconds = derived("seconds");
        StreamingContext fast =
                test.context().pipeline("fast", test.context().config().withBatchInterval(Duration.ofMillis(250)));
        TestStreamingContext quarters = test.pipeline("fast");
        TestOutput<Object> slowOutput = seconds.output(seconds.input().stream());
        TestOutput<Object> fastOutput = quarters.output(quarters.input().stream());
        fast.start();
        assertThat(seconds.runBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(1));
        assertThat(fastOutput.batches()).hasSize(4);
        assertThat(quarters.runBatch().batchTime()).isEqualTo(Instant.ofEpochMilli(1250));
        assertThat(slowOutput.batches()).hasSize(1);
    }

    @Test
    void theNextBatchIsFoundWhereverTheClockStands() {
        test.output(test.input().stream());
        test.runBatch();
        test.clock().advance(Duration.ofMillis(1700));
        assertThat(test.runBatch().batchTime()).isEqualTo(Instant.ofEpochSecond(3));
    }

    @Test
    void aFailedBatchIsToldWhereItsRowsAreAskedForAndEndsThePipeline() {
        TestInput<Integer> numbers = test.input();
        TestOutput<Integer> output = test.output(numbers.stream().map(x -> 10 / x));
        numbers.pushBatches(List.of(5), List.of(0), List.of(2));
        test.runBatch();
        assertThat(test.runFailingBatch().status()).isEqualTo(Status.FAILED);
        assertThat(test.context().info().state()).isEqualTo(State.FAILED);
        assertThatIllegalStateException()
                .isThrownBy(output::last)
                .withMessage("There are no rows of the last batch, 2000 ms: it is FAILED, because of"
                        + " java.lang.ArithmeticException: / by zero")
                .withCauseInstanceOf(ArithmeticException.class);
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageContaining("Pipeline 'default' has halted on java.lang.ArithmeticException: / by zero")
                .withCauseInstanceOf(ArithmeticException.class);
        test.context().start();
        test.runBatch();
        assertThat(output.last()).containsExactly(5);
    }

    @Test
    void aBatchThatFailsFailsTheTestWithItsCause() {
        TestInput<Integer> numbers = test.input();
        test.output(numbers.stream().map(x -> 10 / x));
        numbers.pushBatches(List.of(5), List.of(0));
        assertThatIllegalStateException()
                .isThrownBy(() -> test.runBatches(2))
                .withMessage("Batch 2000 ms of pipeline 'default' is FAILED in output 'test-output-0',"
                        + " because of java.lang.ArithmeticException:"
                        + " / by zero. A test that expects a batch to fail runs it by runFailingBatch()")
                .withCauseInstanceOf(ArithmeticException.class);
    }

    @Test
    void aBatchThatIsSkippedFailsTheTestToo() {
        try (TestStreamingContext skipping =
                new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)))) {
            TestInput<Integer> numbers = skipping.input();
            skipping.output(numbers.stream().map(x -> 10 / x));
            numbers.push(0);
            assertThatIllegalStateException()
                    .isThrownBy(skipping::runUntilEmpty)
                    .withMessageStartingWith(
                            "Batch 1000 ms of pipeline 'default' is SKIPPED in output 'test-output-0', because of"
                                    + " java.lang.ArithmeticException: / by zero.");
            assertThat(skipping.runBatch().status()).isEqualTo(Status.COMMITTED);
        }
    }

    @Test
    void aBatchOfAnotherPipelineThatFailsFailsTheTestToo() {
        TestStreamingContext orders = derived("orders");
        TestStreamingContext bills = derived("bills");
        orders.output(orders.input().stream());
        TestInput<Integer> numbers = bills.input();
        bills.output(numbers.stream().map(x -> 10 / x));
        test.context().start();
        numbers.push(0);
        assertThatIllegalStateException()
                .isThrownBy(orders::runBatch)
                .withMessageStartingWith("Batch 1000 ms of pipeline 'bills' is FAILED")
                .withCauseInstanceOf(ArithmeticException.class);
        assertThat(orders.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void aFailureThatNobodyWasToldOfFailsTheTestAtItsEnd() {
        TestStreamingContext forgetful = new TestStreamingContext();
        TestInput<Integer> numbers = forgetful.input();
        forgetful.output(numbers.stream().map(x -> 10 / x));
        forgetful.context().start();
        numbers.push(0);
        forgetful.clock().advance(Duration.ofSeconds(1));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> forgetful.context().awaitTermination());
        assertThatIllegalStateException()
                .isThrownBy(forgetful::close)
                .withMessageStartingWith("Batch 1000 ms of pipeline 'default' is FAILED")
                .withCauseInstanceOf(ArithmeticException.class);
        forgetful.close();
    }

    @Test
    void aBatchThatShouldFailAndDoesNotFailsTheTest() {
        test.output(test.input().stream());
        assertThatIllegalStateException()
                .isThrownBy(test::runFailingBatch)
                .withMessage("Batch 1000 ms of pipeline 'default' should have failed, but it is COMMITTED");
    }

    @Test
    void aSkippedBatchHasNoRowsEither() {
        try (TestStreamingContext skipping =
                new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)))) {
            TestInput<Integer> numbers = skipping.input();
            TestOutput<Integer> output = skipping.output(numbers.stream().map(x -> 10 / x));
            numbers.pushBatches(List.of(0), List.of(5));
            skipping.runFailingBatch();
            assertThatIllegalStateException().isThrownBy(output::last).withMessageContaining("it is SKIPPED");
            skipping.runBatch();
            assertThat(output.last()).containsExactly(2);
        }
    }

    @Test
    void anOutputThatHasNotRunSaysSo() {
        TestOutput<Object> output = test.output(test.input().stream());
        assertThatIllegalStateException().isThrownBy(output::last).withMessageContaining("call runBatch() before");
    }

    @Test
    void aBatchThatHangsIsToldWithTheOutputAndTheCodeItHangsIn() {
        Thread waiting = Thread.currentThread();
        CountDownLatch never = new CountDownLatch(1);
        test.input().stream()
                .foreachRDD(rdd -> {
                    interruptOnceHanging(waiting, Thread.currentThread());
                    never.await();
                })
                .named("database");
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageContaining("its output 'database' runs. Does a function block, or wait for the clock")
                .withMessageContaining("\"dstream-default-batches\"")
                .withMessageContaining(getClass().getName() + ".");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aBatchThatTakesTooLongFailsTheTest() {
        CountDownLatch never = new CountDownLatch(1);
        test.input().stream().foreachRDD(rdd -> never.await());
        test.setTimeout(Duration.ofMillis(1));
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageStartingWith("Batch 1000 ms of pipeline 'default' has not ended within 1 ms: ");
    }

    @Test
    void aBatchThatWaitsForItsSurroundingsIsToldWithThem() {
        test.input().stream().foreachRDD(rdd -> {
            throw new SourceUnavailableException("the database is away", null);
        });
        interruptOnceTheBatchWaitsForTheClock(test);
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageContaining("the pipeline waits for its surroundings")
                .withCauseInstanceOf(SourceUnavailableException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aBatchThatWaitsForAFurtherAttemptIsToldWithItsFailure() {
        FailureSettings twice = new FailureSettings(Policy.STOP, 2, Duration.ofSeconds(1), failure -> false);
        try (TestStreamingContext patient = new TestStreamingContext(config -> config.withFailure(twice))) {
            patient.input().stream().foreachRDD(rdd -> {
                throw new IllegalStateException("no");
            });
            interruptOnceTheBatchWaitsForTheClock(patient);
            assertThatIllegalStateException()
                    .isThrownBy(patient::runBatch)
                    .withMessageContaining("it waits for a further attempt")
                    .withMessageContaining("java.lang.IllegalStateException: no");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() {
        CountDownLatch never = new CountDownLatch(1);
        test.input().stream().foreachRDD(rdd -> never.await());
        Thread.currentThread().interrupt();
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessageContaining("before the thread that waits for it was interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aPipelineThatIsStoppedByItsOutputBeforeTheBatchEndsIsTold() {
        CountDownLatch stopped = new CountDownLatch(1);
        test.input().stream().foreachRDD(rdd -> {
            test.context().stop(false, Duration.ZERO);
            stopped.await();
        });
        assertThatIllegalStateException()
                .isThrownBy(test::runBatch)
                .withMessage("Pipeline 'default' has ended before its batch 1000 ms was run; it is STOPPED");
    }

    @Test
    void aTimeoutThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.setTimeout(Duration.ZERO))
                .withMessage("'timeout' must be positive, but was PT0S");
    }

    @Test
    void theLastBatchesAreAddedToAFailure() {
        TestInput<Integer> numbers = test.input();
        test.output(numbers.stream().map(x -> 10 / x));
        numbers.push(1, 2);
        test.runBatches(11);
        numbers.push(0);
        test.runFailingBatch();
        AssertionError failure = new AssertionError("wrong");
        test.addBatchesTo(failure);
        assertThat(failure.getSuppressed()).singleElement().satisfies(report -> assertThat(report.getMessage())
                .startsWith("Batches run:\n    default 2 earlier ones\n    default 3000 ms COMMITTED (0 of queue-0)\n")
                .endsWith("default 12000 ms FAILED (1 of queue-0): java.lang.ArithmeticException: / by zero"));
    }

    @Test
    void withoutABatchThereIsNoneToAdd() {
        AssertionError failure = new AssertionError("wrong");
        test.addBatchesTo(failure);
        assertThat(failure.getSuppressed()).extracting(Throwable::getMessage).containsExactly("No batch was run");
    }

    @Test
    void outputsOfTheKitDoNotTakeTheNumbersOfOthers() {
        TestInput<Integer> numbers = test.input();
        test.output(numbers.stream());
        numbers.stream().foreachRDD(rdd -> {});
        assertThat(test.runBatch().outputs())
                .extracting(OutputInfo::output)
                .containsExactly("test-output-0", "foreachRDD-0");
    }

    @Test
    void aContextThatWasRestartedIsNotCrashedUnderItsSuccessor(@TempDir Path directory) {
        try (TestStreamingContext first =
                new TestStreamingContext(config -> config.withCheckpointDirectory(directory))) {
            TestStreamingContext second = first.crash();
            TestOutput<String> output = second.output(second.<String>input().stream());
            second.runBatch();
            assertThatIllegalStateException().isThrownBy(first::crash).withMessageContaining("was restarted before");
            second.runBatch();
            assertThat(output.batches()).hasSize(2);
        }
    }

    @Test
    void aCrashWithoutACheckpointDirectoryIsRefused() {
        assertThatIllegalStateException()
                .isThrownBy(test::crash)
                .withMessageContaining("no checkpoint directory")
                .withMessageContaining("withCheckpointDirectory");
        assertThatIllegalStateException().isThrownBy(test::restart).withMessageContaining("no checkpoint directory");
    }

    @Test
    void theStreamOfADerivedPipelineMayBeLookedAtByEither() {
        TestStreamingContext orders = derived("orders");
        TestInput<Integer> numbers = orders.input();
        TestOutput<Integer> first = test.output(numbers.stream().map(x -> 10 / x));
        TestOutput<Integer> second = orders.output(numbers.stream());
        numbers.pushBatches(List.of(10), List.of(0));
        test.runBatch();
        assertThat(first.last()).containsExactly(1);
        assertThat(second.last()).containsExactly(10);
        test.runFailingBatch();
        assertThatIllegalStateException().isThrownBy(first::last).withMessageContaining("it is FAILED");
    }

    private static void interruptOnceTheBatchWaitsForTheClock(TestStreamingContext test) {
        Thread waiting = Thread.currentThread();
        new Thread(() -> {
                    try {
                        test.clock().awaitWaiting(2); // the ticker and the batch
                        waiting.interrupt();
                    } catch (InterruptedException end) {
                        Thread.currentThread().interrupt();
                    }
                })
                .start();
    }

    private static void interruptOnceHanging(Thread waiting, Thread hanging) {
        new Thread(() -> {
                    while (hanging.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                    waiting.interrupt();
                })
                .start();
    }

    private TestStreamingContext derived(String name) {
        test.context().pipeline(name);
        return test.pipeline(name);
    }

    private static void defineWordCount(StreamingContext streams) {
        streams.inputStream(new AbsentNetwork())
                .flatMap(line -> Arrays.asList(line.split(" ")).iterator())
                .mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum)
                .print();
    }

    /** A network that a test must not open. */
    private static final class AbsentNetwork implements InputSource<String> {

        @Override
        public String kind() {
            return "network";
        }

        @Override
        public void start(InputContext context) throws IOException {
            throw new IOException("there is no network here");
        }

        @Override
        public Allocation allocate(Instant batchTime) {
            throw new IllegalStateException("not started");
        }

        @Override
        public List<InputPartition<String>> read(Instant batchTime) {
            throw new IllegalStateException("not started");
        }
    }
}
