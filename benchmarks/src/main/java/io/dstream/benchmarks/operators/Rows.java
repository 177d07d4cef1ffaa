package io.dstream.benchmarks.operators;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A hundred thousand pairs in memory, and a context of one thread to run operators on them. */
@State(Scope.Benchmark)
public class Rows {

    /** How many rows an operation works on: results are told for each of them. */
    public static final int COUNT = 100_000;

    /** How many different keys they have. */
    @Param("10000")
    public int keys;

    private final StreamingContext context =
            new StreamingContext(StreamingConfig.defaults().withParallelism(1));

    private RDD<Pair<Long, Long>> pairs = context.parallelize(List.of());

    /** Makes the pairs. */
    @Setup(Level.Trial)
    public void fill() {
        Random random = new Random(1);
        pairs = context.parallelize(IntStream.range(0, COUNT)
                .mapToObj(i -> Pair.of((long) random.nextInt(keys), (long) random.nextInt(1_000)))
                .toList());
    }

    /** The pairs, to begin with. */
    RDD<Pair<Long, Long>> pairs() {
        return pairs;
    }

    /** Ends the context's threads. */
    @TearDown(Level.Trial)
    public void close() {
        context.close();
    }
}
