package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.rdd.Pair;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PrintTest {

    private final TestStreamingContext test = new TestStreamingContext(config -> config.withParallelism(1));
    private final TestInput<Integer> numbers = test.input();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream before = System.out;

    @BeforeEach
    void redirect() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void close() {
        System.setOut(before);
        test.close();
    }

    @Test
    void aBatchIsPrintedAsABlock() {
        numbers.stream().mapToPair(x -> Pair.of("n" + x, x)).print();
        numbers.push(1, 2);
        test.runBatch();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        -------------------------------------------
                        Time: 1000 ms
                        -------------------------------------------
                        (n1,1)
                        (n2,2)

                        """);
    }

    @Test
    void anEmptyBatchHasItsHeader() {
        numbers.stream().print();
        test.runBatch();
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("""
                        -------------------------------------------
                        Time: 1000 ms
                        -------------------------------------------

                        """);
    }

    @Test
    void thereAreTenRowsAndThreeDotsForMore() {
        numbers.stream().print();
        numbers.push(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        test.runBatch();
        assertThat(rows()).isEqualTo("1 2 3 4 5 6 7 8 9 10 ...");
        numbers.push(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        printed.reset();
        test.runBatch();
        assertThat(rows()).isEqualTo("1 2 3 4 5 6 7 8 9 10");
    }

    @Test
    void theNumberOfRowsCanBeGiven() {
        numbers.stream().print(2);
        numbers.push(1, 2, 3);
        test.runBatch();
        assertThat(rows()).isEqualTo("1 2 ...");
    }

    @Test
    void noRowsAtAllCanBeAskedFor() {
        numbers.stream().print(0);
        numbers.push(1);
        test.runBatch();
        assertThat(rows()).isEqualTo("...");
    }

    @Test
    void nullIsPrintedAsNull() {
        numbers.stream().map(x -> null).print();
        numbers.push(1);
        test.runBatch();
        assertThat(rows()).isEqualTo("null");
    }

    @Test
    void aNegativeNumberOfRowsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbers.stream().print(-1))
                .withMessageContaining("'rows' must be from 0")
                .withMessageContaining("-1");
    }

    private String rows() {
        return printed.toString(StandardCharsets.UTF_8)
                .lines()
                .skip(3)
                .filter(line -> !line.isEmpty())
                .reduce((a, b) -> a + " " + b)
                .orElse("");
    }
}
