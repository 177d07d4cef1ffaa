package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Time that a test lets pass, with the batches that are due in it. */
class AdvanceTest {

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void whatIsDueHasRunWhenItReturnsAlsoBeforeTheFirstBatch() {
        TestInput<Integer> numbers = test.input();
        TestOutput<Integer> output = test.output(numbers.stream());
        numbers.pushBatches(List.of(1), List.of(2), List.of(3), List.of(4));
        test.advance(Duration.ofMillis(3500));
        assertThat(output.batches()).containsExactly(List.of(1), List.of(2), List.of(3));
        assertThat(test.clock().now()).isEqualTo(Instant.ofEpochMilli(3500));
        test.advance(Duration.ofMillis(499));
        assertThat(output.batches()).hasSize(3);
        test.advance(Duration.ofMillis(1));
        assertThat(output.last()).containsExactly(4);
    }

    @Test
    void theClockStopsAtEveryBatch() {
        List<Instant> seen = new ArrayList<>();
        test.input().stream().foreachRDD(rdd -> seen.add(test.clock().now()));
        test.advance(Duration.ofSeconds(3));
        assertThat(seen).containsExactly(Instant.ofEpochSecond(1), Instant.ofEpochSecond(2), Instant.ofEpochSecond(3));
    }

    @Test
    void otherPipelinesThatRunHaveTheirBatchesToo() {
        StreamingContext fast =
                test.context().pipeline("fast", test.context().config().withBatchInterval(Duration.ofMillis(250)));
        test.context().pipeline("seconds");
        TestStreamingContext seconds = test.pipeline("seconds");
        TestOutput<Object> slowOutput = seconds.output(seconds.input().stream());
        TestOutput<Object> fastOutput = test.pipeline("fast").output(test.pipeline("fast").input().stream());
        seconds.advance(Duration.ofSeconds(1));
        assertThat(slowOutput.batches()).hasSize(1);
        fast.start();
        seconds.advance(Duration.ofSeconds(1));
        assertThat(slowOutput.batches()).hasSize(2);
        assertThat(fastOutput.batches()).hasSize(4);
    }

    @Test
    void aBatchThatFailsFailsTheTestWithItsCauseAfterTheTimeHasPassed() {
        TestInput<Integer> numbers = test.input();
        test.output(numbers.stream().map(x -> 10 / x));
        numbers.pushBatches(List.of(5), List.of(0), List.of(2));
        assertThatIllegalStateException()
                .isThrownBy(() -> test.advance(Duration.ofSeconds(9)))
                .withMessageStartingWith(
                        "Batch 2000 ms of pipeline 'default' is FAILED in output 'test-output-0', because of")
                .withCauseInstanceOf(ArithmeticException.class);
        assertThat(test.context().info().state()).isEqualTo(State.FAILED);
        assertThat(test.clock().now()).isEqualTo(Instant.ofEpochSecond(9));
    }

    @Test
    void anOutputMayMoveTheClockItself() {
        TestOutput<Object> output = test.output(test.input().stream());
        test.context().stream("queue-0").foreachRDD(rdd -> test.clock().advance(Duration.ofMillis(700)));
        test.advance(Duration.ofSeconds(3));
        assertThat(output.batches()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(test.clock().now()).isAfterOrEqualTo(Instant.ofEpochSecond(3));
    }

    @Test
    void timeDoesNotGoBack() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.advance(Duration.ofMillis(-1)))
                .withMessage("'duration' must not be negative, but was PT-0.001S");
    }
}
