package io.dstream.rdd;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adds up numbers with a fraction; 0 to begin with. See {@link Accumulator} for what counts when. */
public final class DoubleAccumulator extends Accumulator<Double, Double> {

    DoubleAccumulator(String name, Supplier<@Nullable UnitOfWork> currentWork) {
        super(name, currentWork, () -> new FoldedSum<>(0.0, Double::sum, Double::sum));
    }

    /** Adds a number. */
    public void add(double value) {
        add(Double.valueOf(value));
    }
}
