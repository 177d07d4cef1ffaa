package io.dstream.rdd;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch, an attempt at an output, an action or a task, as variables shared by tasks know it: it sees one value of each
 * broadcast, and what it adds to accumulators counts in whole when it is done, or not at all.
 *
 * <p>Units lie in each other: a task in its action, an action in an attempt, an attempt in its batch. What is done is handed to
 * the unit around it; what the outermost has, counts. A unit that has failed is thrown away.
 *
 * <p>Made by engines. Thread-safe.
 */
public final class UnitOfWork {

    private final @Nullable UnitOfWork outer; // null: the outermost

    // Mutable state, guarded by this
    private final Map<Accumulator<?, ?>, Change<?, ?>> changes = new HashMap<>();
    private final Map<Broadcast<?>, Object> broadcasts = new HashMap<>();
    private boolean done;

    /**
     * Begins a unit.
     *
     * @param outer the unit it lies in; null if there is none
     */
    public UnitOfWork(@Nullable UnitOfWork outer) {
        this.outer = outer;
    }

    /** Hands over what was added; what units inside of this one add later is handed on. */
    public synchronized void done() {
        done = true;
        changes.keySet().forEach(this::handOver);
        changes.clear();
    }

    /** Adds up what would count if the unit were done, so that a function that cannot add fails now and not then. */
    public synchronized void rehearse() {
        changes.keySet().forEach(this::sumOf);
    }

    /** What the accumulators to which was added would come to if the unit were done, by name, to be written into a file. */
    public synchronized Map<String, Object> totals() {
        Map<String, Object> totals = new HashMap<>();
        changes.keySet()
                .forEach(accumulator ->
                        totals.put(accumulator.name(), sumOf(accumulator).state()));
        return totals;
    }

    /** Whether it lies in another one, or is that one. */
    public boolean isIn(UnitOfWork other) {
        return this == other || (outer != null && outer.isIn(other));
    }

    synchronized <T, R> void add(Accumulator<T, R> accumulator, T value) {
        change(accumulator).added().add(value);
    }

    synchronized void reset(Accumulator<?, ?> accumulator) {
        changes.put(accumulator, new Change<>(true, accumulator.zero()));
    }

    /** What this unit sees of an accumulator: what counts, what the units around it have added, and its own. */
    synchronized <T, R> Sum<T, R> sumOf(Accumulator<T, R> accumulator) {
        Change<T, R> change = knownChange(accumulator);
        if (change == null) {
            return sumAround(accumulator);
        }
        Sum<T, R> sum = change.fromZero() ? accumulator.zero() : sumAround(accumulator);
        sum.addAll(change.added());
        return sum;
    }

    /** The value of a broadcast in this unit: the latest one when the outermost unit first asked for it. */
    @SuppressWarnings("unchecked") // put under a broadcast of the same type
    synchronized <T> T valueOf(Broadcast<T> broadcast, T latest) {
        Object known = broadcasts.get(broadcast);
        if (known == null) {
            known = Objects.requireNonNull(outer == null ? latest : outer.valueOf(broadcast, latest));
            broadcasts.put(broadcast, known);
        }
        return (T) known;
    }

    private <T, R> void handOver(Accumulator<T, R> accumulator) {
        Change<T, R> change = change(accumulator);
        if (outer != null) {
            outer.take(accumulator, change);
            return;
        }
        if (change.fromZero()) {
            accumulator.clear();
        }
        accumulator.addAllToTotal(change.added());
    }

    private synchronized <T, R> void take(Accumulator<T, R> accumulator, Change<T, R> change) {
        if (change.fromZero()) {
            reset(accumulator);
        }
        change(accumulator).added().addAll(change.added());
        if (done) {
            handOver(accumulator);
            changes.remove(accumulator);
        }
    }

    private <T, R> Sum<T, R> sumAround(Accumulator<T, R> accumulator) {
        return outer == null ? accumulator.copyOfTotal() : outer.sumOf(accumulator);
    }

    private <T, R> Change<T, R> change(Accumulator<T, R> accumulator) {
        Change<T, R> change = knownChange(accumulator);
        if (change == null) {
            change = new Change<>(false, accumulator.zero());
            changes.put(accumulator, change);
        }
        return change;
    }

    @SuppressWarnings("unchecked") // put under an accumulator of the same types
    private <T, R> @Nullable Change<T, R> knownChange(Accumulator<T, R> accumulator) {
        return (Change<T, R>) changes.get(accumulator);
    }

    /**
     * What a unit has done to an accumulator.
     *
     * @param fromZero whether it was reset
     * @param added what was added, after that
     */
    private record Change<T, R>(boolean fromZero, Sum<T, R> added) {}
}
