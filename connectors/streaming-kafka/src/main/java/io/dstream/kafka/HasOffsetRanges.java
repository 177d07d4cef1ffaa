package io.dstream.kafka;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Plan;
import io.dstream.rdd.RDD;
import java.util.ArrayList;
import java.util.List;

/** Knows which records of which partitions of topics an RDD has. */
@FunctionalInterface
public interface HasOffsetRanges {

    /** A range for each partition of the RDD, in their order, also for those without records; a fresh array. */
    OffsetRange[] offsetRanges();

    /**
     * What is known of the RDD of a direct stream itself, in the function given to its {@code transform} or {@code foreachRDD}, or
     * of one that {@link KafkaUtils#createRDD} has made. What is derived from it, by {@code map} or {@code repartition}, has
     * other partitions.
     *
     * @throws IllegalArgumentException if the RDD is another
     */
    static HasOffsetRanges of(RDD<?> rdd) {
        List<OffsetRange> ranges = new ArrayList<>();
        for (InputPartition<?> partition : sourceOf(rdd).partitions()) {
            if (!(partition instanceof RangePartition<?> records)) {
                throw unknown(rdd);
            }
            ranges.add(records.range());
        }
        return () -> ranges.toArray(OffsetRange[]::new);
    }

    /** Rows that are remembered hide their source. */
    private static Plan.Source<?> sourceOf(RDD<?> rdd) {
        Plan<?> plan = rdd.plan();
        if (plan instanceof Plan.Deferred<?> deferred) {
            plan = deferred.result();
        }
        if (plan instanceof Plan.Source<?> source) {
            return source;
        }
        throw unknown(rdd);
    }

    private static IllegalArgumentException unknown(RDD<?> rdd) {
        return new IllegalArgumentException(
                "'rdd' must be that of a direct stream, as its transform or foreachRDD gets it, but was "
                        + rdd.name().map(name -> "'" + name + "'").orElse("one made of it"));
    }
}
