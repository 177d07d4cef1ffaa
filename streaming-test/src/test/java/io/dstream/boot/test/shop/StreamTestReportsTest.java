package io.dstream.boot.test.shop;

import static org.assertj.core.api.Assertions.allOf;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.rootCause;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.suppressed;

import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.boot.test.autoconfigure.StreamTest;
import io.dstream.test.TestStreamingContext;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan.Filter;
import org.springframework.context.annotation.FilterType;

/** What a test is told when it is used or configured wrongly, or fails. */
class StreamTestReportsTest {

    @Test
    void aPipelineThatIsNotThereIsToldWithThoseThatAre() {
        for (Class<?> test : List.of(Misspelled.class, MisspelledAndUnused.class)) {
            assertFailure(
                    test,
                    rootCause(message(text -> text.startsWith("There is no pipeline 'word-cuont' in this test; the"
                            + " application has orders, word-count. Classes annotated with @StreamPipeline are"
                            + " found"))));
        }
    }

    @Test
    void aPipelineThatIsExcludedIsNotThere() {
        assertFailure(
                Excluding.class,
                rootCause(message(text -> text.startsWith("There is no pipeline 'word-count' in this test"))));
    }

    @Test
    void aTestWithoutPipelinesIsToldWhereTheyAreFound() {
        assertFailure(
                WithoutPipelines.class,
                rootCause(message(text ->
                        text.startsWith("There is no pipeline in this test. Classes annotated with @StreamPipeline"))));
    }

    @Test
    void anInputThatIsNotThereIsToldWithThoseThatAre() {
        assertFailure(
                OtherInput.class, message("There is no input 'lines' in pipeline 'word-count', which has socket-0"));
    }

    @Test
    void aSocketThatWouldBeOpenedIsToldWithTheRemedy() {
        assertFailure(
                DefiningAgain.class,
                message(text -> text.startsWith("Input 'socket-0' of pipeline 'default' would read its own source")
                        && text.contains("input(\"socket-0\")")
                        && text.contains("need not be defined again")));
    }

    @Test
    void aNewInputInPlaceOfTheDefinedOneIsToldWithTheRemedy() {
        assertFailure(NewInput.class, message(text -> text.endsWith("input(id): input(\"socket-0\")")));
    }

    @Test
    void aFailureThatNobodyWasToldOfFailsTheTestAtItsEnd() {
        assertFailure(
                Unaware.class,
                message(text -> text.startsWith("Batch 500 ms of pipeline 'word-count' is FAILED in output 'print-0',"
                        + " because of java.lang.ClassCastException")));
    }

    @Test
    void aDefinitionThatThrowsIsToldWithItsBean() {
        assertFailure(
                Throwing.class,
                message(text -> text.contains("Pipeline 'broken' cannot be defined: bean 'broken'")
                        && text.contains("java.lang.IllegalArgumentException: 'port' must be from 1 to 65535")));
    }

    @Test
    void aBeanThatADefinitionNeedsIsAskedFor() {
        assertFailure(NoStore.class, rootCause(message(text -> text.contains("OrderStore"))));
    }

    @Test
    void whatTheFiltersIncludeIsThereToo() {
        assertFailure(Including.class, rootCause(message("there is no database here")));
    }

    @Test
    void aTestThatFailsIsToldWithItsBatches() {
        assertFailure(
                Failing.class,
                allOf(
                        message("wrong"),
                        suppressed(0, message("Batches run:\n    word-count 500 ms COMMITTED (1 of socket-0)"))));
    }

    private static void assertFailure(Class<?> testClass, Condition<Throwable> condition) {
        EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(testClass))
                .execute()
                .testEvents()
                .failed()
                .assertThatEvents()
                .haveExactly(1, event(finishedWithFailure(condition)));
    }

    private abstract static class OneTest {

        @Autowired
        TestStreamingContext test;

        @Test
        void run() {
            test.runBatch();
        }
    }

    @StreamTest("word-cuont")
    static class Misspelled extends OneTest {}

    @StreamTest(value = "word-cuont", properties = "other=yes") // or Spring would not try the same context again
    static class MisspelledAndUnused {

        @Test
        void asksForNothing() {}
    }

    @StreamTest(
            value = "word-count",
            excludeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = WordCount.class))
    static class Excluding extends OneTest {}

    @StreamTest(useDefaultFilters = false)
    static class WithoutPipelines extends OneTest {}

    @StreamTest("word-count")
    static class OtherInput extends OneTest {

        @Test
        @Override
        void run() {
            test.input("lines").push("a");
        }
    }

    @StreamTest("word-count")
    static class DefiningAgain extends OneTest {

        @Test
        @Override
        void run() {
            new WordCount().define(test.context());
            test.runBatch();
        }
    }

    @StreamTest("word-count")
    static class NewInput extends OneTest {

        @Test
        @Override
        void run() {
            test.input().push("a");
            test.runBatch();
        }
    }

    @StreamTest("word-count")
    static class Unaware extends OneTest {

        @Test
        @Override
        void run() {
            test.<Integer>input("socket-0").push(1);
            test.context().start();
            test.clock().advance(Duration.ofMillis(500));
            assertThatExceptionOfType(ClassCastException.class)
                    .isThrownBy(() -> test.context().awaitTermination());
        }
    }

    @StreamTest
    static class NoStore extends OneTest {}

    @StreamTest(
            value = "word-count",
            includeFilters = @Filter(type = FilterType.ASSIGNABLE_TYPE, classes = DatabaseOrderStore.class))
    static class Including extends OneTest {}

    @StreamTest("word-count")
    static class Failing extends OneTest {

        @Test
        @Override
        void run() {
            test.input("socket-0").push("a");
            test.runBatch();
            throw new IllegalStateException("wrong");
        }
    }

    @StreamTest("broken")
    static class Throwing extends OneTest {

        @TestConfiguration(proxyBeanMethods = false)
        static class Broken {

            @Bean
            @StreamPipeline("broken")
            StreamDefinition broken() {
                return streams -> streams.socketTextStream("server.invalid", 70_000);
            }
        }
    }
}
