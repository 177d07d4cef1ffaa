package io.dstream.rdd;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Adds up whole numbers; 0 to begin with. See {@link Accumulator} for what counts when. */
public final class LongAccumulator extends Accumulator<Long, Long> {

    LongAccumulator(String name, Supplier<@Nullable UnitOfWork> currentWork) {
        super(name, currentWork, () -> new FoldedSum<>(0L, Long::sum, Long::sum));
    }

    /** Adds a number. */
    public void add(long value) {
        add(Long.valueOf(value));
    }
}
