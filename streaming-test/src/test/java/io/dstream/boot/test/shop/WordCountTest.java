package io.dstream.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.boot.test.autoconfigure.StreamTest;
import io.dstream.rdd.Pair;
import io.dstream.test.TestInput;
import io.dstream.test.TestOutput;
import io.dstream.test.TestStreamingContext;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** One pipeline alone, which needs none of the beans of the others; with one instance of the class for all tests. */
@StreamTest("word-count")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WordCountTest {

    @Autowired
    private TestStreamingContext test;

    @Autowired
    private ApplicationContext application;

    private final Set<TestStreamingContext> seen = new HashSet<>();

    @Test
    void theOnlyPipelineNeedNotBeAskedFor() {
        TestInput<String> lines = test.input("socket-0");
        TestOutput<Pair<String, Integer>> counts = test.output("print-0");
        lines.push("to be", "or not to be");
        test.runBatch();
        assertThat(counts.last())
                .containsExactlyInAnyOrder(Pair.of("to", 2), Pair.of("be", 2), Pair.of("or", 1), Pair.of("not", 1));
    }

    @Test
    void theBeansOfOtherPipelinesAreNotThere() {
        assertThat(application.getBeanProvider(OrderConfiguration.class)).isEmpty();
    }

    @RepeatedTest(2)
    void everyTestHasAContextOfItsOwn() {
        assertThat(seen).doesNotContain(test);
        seen.add(test);
        test.runBatch();
    }
}
