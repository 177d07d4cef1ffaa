package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.EventConditions.test;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.suppressed;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

/** The extension as JUnit calls it, and the tests of this class as its first users. */
@ExtendWith(StreamingExtension.class)
class StreamingExtensionTest {

    private final TestStreamingContext test;
    private final TestInput<Integer> numbers;
    private final TestOutput<Integer> sums;

    StreamingExtensionTest(TestStreamingContext test) {
        this.test = test;
        this.numbers = test.input();
        this.sums = test.output(numbers.stream().reduce(Integer::sum));
    }

    @BeforeEach
    void pushOne(TestStreamingContext same) {
        assertThat(same).isSameAs(test);
        numbers.push(1);
    }

    @AfterEach
    void theContextIsStillOpen(TestStreamingContext same) {
        assertThat(same.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    @Test
    void constructorAndMethodsOfATestHaveTheSameContext(TestStreamingContext same) {
        assertThat(same).isSameAs(test);
        numbers.push(2);
        test.runBatch();
        assertThat(sums.last()).containsExactly(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 20})
    void everyInvocationHasAContextOfItsOwn(int number) {
        numbers.push(number);
        test.runBatch();
        assertThat(sums.batches()).containsExactly(List.of(1 + number));
    }

    @Test
    void everyTestHasAContextOfItsOwnWhichIsClosedAfterIt() {
        Remembering.SEEN.clear();
        run(Remembering.class).assertStatistics(events -> events.succeeded(2));
        assertThat(new HashSet<>(Remembering.SEEN)).hasSize(2);
        for (TestStreamingContext seen : Remembering.SEEN) {
            assertThatIllegalStateException().isThrownBy(seen.context()::start).withMessageContaining("closed");
        }
    }

    @Test
    void aRegisteredFieldMayHaveAnotherConfiguration() {
        run(Configured.class).assertStatistics(events -> events.succeeded(1));
    }

    @Test
    void classesOfTheTestMayBeInObjectFiles(TestStreamingContext same) {
        assertThat(same.context().config().allowedPackages()).containsExactly("io.dstream.test");
        run(Configured.class).assertStatistics(events -> events.succeeded(1));
    }

    @Test
    void aTestThatFailsIsToldWithItsBatches() {
        run(Failing.class)
                .assertThatEvents()
                .haveExactly(
                        1,
                        event(
                                test(),
                                finishedWithFailure(
                                        message("wrong"),
                                        suppressed(
                                                0,
                                                message(
                                                        "Batches run:\n    default 1000 ms COMMITTED (3 of queue-0)")))));
    }

    @Test
    void thereIsNoContextBeforeAllTests() {
        assertRefused(BeforeAllTests.class, "A TestStreamingContext belongs to one test");
        assertRefused(OneInstance.class, "A TestStreamingContext belongs to one test");
    }

    @Test
    void aParameterOfAnotherTypeIsNotResolved() {
        assertRefused(OtherType.class, "No ParameterResolver registered for parameter [io.dstream.StreamingContext");
    }

    private static void assertRefused(Class<?> testClass, String reason) {
        Events failures = EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .allEvents()
                .failed();
        failures.assertThatEvents()
                .haveExactly(
                        1,
                        event(finishedWithFailure(
                                instanceOf(ParameterResolutionException.class),
                                message(text -> text.contains(reason)))));
    }

    private static Events run(Class<?> testClass) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .testEvents();
    }

    @ExtendWith(StreamingExtension.class)
    static class Remembering {

        private static final List<TestStreamingContext> SEEN = new ArrayList<>();

        @Test
        void one(TestStreamingContext test) {
            SEEN.add(test);
        }

        @Test
        void two(TestStreamingContext test) {
            SEEN.add(test);
        }
    }

    static class Configured {

        @RegisterExtension
        private final StreamingExtension streaming =
                new StreamingExtension(config -> config.withBatchInterval(Duration.ofMinutes(1)));

        @Test
        void aMinute(TestStreamingContext test) {
            test.output(test.input().stream());
            assertThat(test.runBatch().batchTime().getEpochSecond()).isEqualTo(60);
            assertThat(test.context().config().allowedPackages()).containsExactly("io.dstream.test");
        }
    }

    @ExtendWith(StreamingExtension.class)
    static class Failing {

        @Test
        void fails(TestStreamingContext test) {
            TestInput<Integer> numbers = test.input();
            test.output(numbers.stream());
            numbers.push(1, 2, 3);
            test.runBatch();
            throw new IllegalStateException("wrong");
        }
    }

    @ExtendWith(StreamingExtension.class)
    static class BeforeAllTests {

        @BeforeAll
        static void before(TestStreamingContext test) {
            test.runBatch();
        }

        @Test
        void one() {}
    }

    @ExtendWith(StreamingExtension.class)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {

        OneInstance(TestStreamingContext test) {
            test.runBatch();
        }

        @Test
        void one() {}
    }

    @ExtendWith(StreamingExtension.class)
    static class OtherType {

        @Test
        void one(StreamingContext context) {
            context.start();
        }
    }
}
