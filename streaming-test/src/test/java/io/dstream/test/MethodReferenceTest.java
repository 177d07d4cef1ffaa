package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations can be named as method references from other packages, whatever class declares them. */
class MethodReferenceTest {

    private final TestStreamingContext test = new TestStreamingContext();

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void thoseOfRddsCan() {
        RDD<Integer> numbers = test.context().parallelize(List.of(1, 2, 2));
        assertThat(Stream.of(numbers, numbers).reduce(RDD::union).orElseThrow().count())
                .isEqualTo(6);
        assertThat(Stream.of(numbers).map(RDD::distinct).toList().get(0).count())
                .isEqualTo(2);
        assertThat(Stream.of(numbers.keyBy(number -> number))
                        .map(PairRDD::cache)
                        .toList()
                        .get(0)
                        .count())
                .isEqualTo(3);
    }

    @Test
    void thoseOfStreamsCan() {
        TestInput<Integer> input = test.input();
        DStream<Integer> cached = input.stream().transform(RDD::cache);
        TestOutput<Integer> output =
                test.output(Stream.of(cached, cached).reduce(DStream::union).orElseThrow());
        input.push(1, 2);
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 2, 1, 2);
    }
}
