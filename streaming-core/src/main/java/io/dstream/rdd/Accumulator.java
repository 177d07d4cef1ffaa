package io.dstream.rdd;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A variable that tasks add to and the user's code reads, known by its name in a pipeline.
 *
 * <p>What a batch adds counts when the batch is committed, and once: what a failed task, action or attempt at an output has
 * added is forgotten, and so is all that a skipped or failed batch has added. Until then the batch alone sees it: after an
 * action has returned, {@link #value()} has what the action added. Code that runs outside of batches, on any thread, adds at
 * once.
 *
 * <p>Inside an action ({@code foreach}, {@code foreachPartition}) and inside the functions of stateful operators that is
 * exactly once. Functions of other operators ({@code map}, {@code filter}, …) run whenever their rows are computed, which may
 * be more often than once in a batch: for every action that reads them, unless they are kept by {@code cache}. What they add
 * counts each time, as in Spark.
 *
 * <p>A pipeline that is started again goes on with what was committed, if it has a checkpoint directory; else its accumulators
 * are empty then. Values that a function of the user's makes must be such as can be written into files. What is added outside of
 * batches is written with the next batch that adds to the same accumulator.
 *
 * <p>Thread-safe. A task sees its own additions and not reliably those of others, so read outside of tasks.
 *
 * @param <T> type of what is added
 * @param <R> type of the value
 */
public sealed class Accumulator<T, R> permits CollectionAccumulator, DoubleAccumulator, LongAccumulator {

    private final String name;
    private final Supplier<@Nullable UnitOfWork> currentWork;
    private final Supplier<? extends Sum<T, R>> zero;

    // Mutable state, guarded by this
    private Sum<T, R> total; // what counts

    Accumulator(String name, Supplier<@Nullable UnitOfWork> currentWork, Supplier<? extends Sum<T, R>> zero) {
        this.name = name;
        this.currentWork = currentWork;
        this.zero = zero;
        this.total = zero.get();
    }

    /** Its name, unique in the pipeline. */
    public final String name() {
        return name;
    }

    /**
     * Adds a value.
     *
     * @param value not null
     * @throws IllegalArgumentException if {@code value} is null
     */
    public final void add(T value) {
        if (value == null) {
            throw new IllegalArgumentException("'value' must not be null for the accumulator '" + name + "'");
        }
        UnitOfWork work = currentWork.get();
        if (work == null) {
            addToTotal(value);
        } else {
            work.add(this, value);
        }
    }

    /** What was added so far; must not be modified. Nothing added is 0, an empty list, or the zero that was given. */
    public final R value() {
        return sum().value();
    }

    /**
     * Begins anew with nothing. In a batch this counts when the batch is committed, and then takes away what was added outside
     * of it until then, too.
     */
    public final void reset() {
        UnitOfWork work = currentWork.get();
        if (work == null) {
            clear();
        } else {
            work.reset(this);
        }
    }

    @Override
    public final String toString() {
        return name + ": " + value();
    }

    /** What the calling thread's work sees. */
    final Sum<T, R> sum() {
        UnitOfWork work = currentWork.get();
        return work == null ? copyOfTotal() : work.sumOf(this);
    }

    final Sum<T, R> zero() {
        return zero.get();
    }

    final synchronized Sum<T, R> copyOfTotal() {
        Sum<T, R> copy = zero();
        copy.addAll(total);
        return copy;
    }

    final synchronized void addAllToTotal(Sum<T, R> sum) {
        total.addAll(sum);
    }

    final synchronized void clear() {
        total = zero();
    }

    final synchronized void restore(Object state) {
        Sum<T, R> restored = zero();
        restored.restore(state);
        restored.addAll(total);
        total = restored;
    }

    /**
     * Makes sure that another one's state could be restored; does not restore it.
     *
     * @throws ClassCastException if it could not
     */
    final void requireFitting(Object state) {
        zero().restore(state);
    }

    private synchronized void addToTotal(T value) {
        total.add(value);
    }
}
