package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.boot.test.autoconfigure.StreamTest;
import io.dstream.rdd.Pair;
import io.dstream.test.TestInput;
import io.dstream.test.TestOutput;
import io.dstream.test.TestStreamingContext;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** The pipeline as the application makes and configures it: its bean and its properties, but no web and no socket. */
@StreamTest("word-count")
class WordCountPipelineTest {

    @Autowired
    private TestStreamingContext test;

    @Test
    void wordsAreCountedBatchByBatch() {
        TestInput<String> lines = test.input("socket-0");
        TestOutput<Pair<String, Integer>> counts = test.output("print-0");
        lines.push("to be", "or not to be");
        test.runBatch();
        assertThat(counts.last())
                .containsExactlyInAnyOrder(Pair.of("to", 2), Pair.of("be", 2), Pair.of("or", 1), Pair.of("not", 1));
    }

    @Test
    void batchesAreAsFarApartAsThePropertiesSay() {
        assertThat(test.pipeline("word-count").context().config().batchInterval())
                .isEqualTo(Duration.ofSeconds(1));
    }

    /** What the pipeline needs beside streams. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Source {

        @Bean
        LineSource lineSource() {
            return new LineSource("localhost", 9999);
        }
    }
}
