package io.dstream.benchmarks.operators;

import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** Nanoseconds, and with {@code -prof gc} bytes, for each row that goes through an operator. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(Rows.COUNT)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class Operators {

    /** Nothing but the way from the source to an action; what the others take beyond that is their own. */
    @Benchmark
    public long source(Rows rows) {
        return count(rows.pairs());
    }

    /** A function of each row, which makes nothing. */
    @Benchmark
    public long map(Rows rows) {
        return count(rows.pairs().map(Pair::value));
    }

    /** A function that keeps each row. */
    @Benchmark
    public long filter(Rows rows) {
        return count(rows.pairs().filter(pair -> pair.value() >= 0));
    }

    /** Five functions one after the other. */
    @Benchmark
    public long chain(Rows rows) {
        return count(rows.pairs()
                .map(Pair::value)
                .filter(value -> value >= 0)
                .map(value -> value)
                .filter(value -> value < 1_000)
                .map(value -> value));
    }

    /** A sum for each key. */
    @Benchmark
    public long reduceByKey(Rows rows) {
        return count(rows.pairs().mapToPair(pair -> pair).reduceByKey(Long::sum).toRDD());
    }

    /** A list for each key. */
    @Benchmark
    public long groupByKey(Rows rows) {
        return count(rows.pairs().mapToPair(pair -> pair).groupByKey().toRDD());
    }

    /** Rows dealt out by key. */
    @Benchmark
    public long partitionBy(Rows rows) {
        return count(rows.pairs().mapToPair(pair -> pair).partitionBy(2).toRDD());
    }

    private static long count(RDD<?> rdd) {
        return rdd.count();
    }
}
