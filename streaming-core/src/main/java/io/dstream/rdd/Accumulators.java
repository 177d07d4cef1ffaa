package io.dstream.rdd;

import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The accumulators of a pipeline by name: asked for the first time they are made, later the same one is given.
 *
 * <p>Thread-safe.
 */
public final class Accumulators {

    /** Names come from code; so many tell that they come from data. */
    private static final int MAX = 1_000;

    private final String pipeline;
    private final Supplier<@Nullable UnitOfWork> currentWork;

    // Mutable state, guarded by this
    private final Map<String, Accumulator<?, ?>> byName = new LinkedHashMap<>();
    private final Map<String, Object> restored = new HashMap<>(); // of those that were not asked for yet

    /**
     * @param pipeline names the pipeline in errors
     * @param currentWork what the calling thread works on; null outside of any batch and action
     */
    public Accumulators(String pipeline, Supplier<@Nullable UnitOfWork> currentWork) {
        this.pipeline = pipeline;
        this.currentWork = currentWork;
    }

    public LongAccumulator ofLong(String name) {
        return (LongAccumulator) get(name, LongAccumulator.class, () -> new LongAccumulator(name, currentWork));
    }

    public DoubleAccumulator ofDouble(String name) {
        return (DoubleAccumulator) get(name, DoubleAccumulator.class, () -> new DoubleAccumulator(name, currentWork));
    }

    /**
     * One that collects values.
     *
     * @param limit how many it keeps, at least 1
     * @throws IllegalArgumentException if {@code limit} is below 1
     */
    @SuppressWarnings("unchecked") // whoever asks for the name twice knows what is collected under it
    public <T> CollectionAccumulator<T> ofCollection(String name, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("'limit' must be at least 1, but was " + limit);
        }
        return (CollectionAccumulator<T>)
                get(name, CollectionAccumulator.class, () -> new CollectionAccumulator<T>(name, currentWork, limit));
    }

    /** One that adds by functions. */
    @SuppressWarnings("unchecked") // whoever asks for the name twice knows what is added under it
    public <T, A> Accumulator<T, A> of(
            String name, Supplier<A> zero, Function2<A, T, A> add, Function2<A, A, A> merge) {
        return (Accumulator<T, A>) get(
                name,
                Accumulator.class,
                () -> new Accumulator<T, A>(name, currentWork, () -> new FoldedSum<>(zeroOf(zero), add, merge)));
    }

    private static <A> A zeroOf(Supplier<A> zero) {
        @Nullable A value = zero.get();
        if (value == null) {
            throw new IllegalArgumentException("'zero' must give a neutral value, but gave null");
        }
        return value;
    }

    /** Their values as the calling thread sees them, in the order of their making. */
    public Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        all().forEach(accumulator -> values.put(accumulator.name(), accumulator.value()));
        return values;
    }

    /**
     * Adds what accumulators of earlier runs had come to; one that is not asked for yet has it when it is.
     *
     * @param totals by name, as {@link RunScope#rehearsedTotals} gave them
     * @throws StreamingException if one is of another kind now, with its name
     */
    public synchronized void restore(Map<String, Object> totals) {
        restored.clear();
        restored.putAll(totals);
        for (Accumulator<?, ?> accumulator : byName.values()) {
            restore(accumulator);
        }
    }

    /** Lets all begin anew with nothing. */
    public void clear() {
        all().forEach(Accumulator::clear);
    }

    private void restore(Accumulator<?, ?> accumulator) {
        Object total = restored.remove(accumulator.name());
        if (total != null) {
            try {
                accumulator.restore(total);
            } catch (ClassCastException failure) {
                throw ofAnotherKind(accumulator.name(), total, failure);
            }
        }
    }

    /**
     * Makes sure that what an accumulator had come to before a restart could be restored; does not restore it.
     *
     * @throws StreamingException if it could not, because the one of this name is of another kind
     */
    public synchronized void requireFitting(String name, Object total) {
        Accumulator<?, ?> accumulator = byName.get(name);
        if (accumulator != null) {
            try {
                accumulator.requireFitting(total);
            } catch (ClassCastException failure) {
                throw ofAnotherKind(name, total, failure);
            }
        }
    }

    private StreamingException ofAnotherKind(String name, Object total, ClassCastException failure) {
        return new StreamingException(
                "The accumulator '" + name + "' of pipeline '" + pipeline + "' was of another kind when"
                        + " the checkpoint was written: it had a "
                        + total.getClass().getName()
                        + ". Give it another name, or start with another checkpoint directory",
                failure);
    }

    private synchronized List<Accumulator<?, ?>> all() {
        return List.copyOf(byName.values());
    }

    private synchronized Accumulator<?, ?> get(
            String name, Class<?> kind, Supplier<? extends Accumulator<?, ?>> maker) {
        Accumulator<?, ?> known = byName.get(name);
        if (known == null) {
            requireRoom(name);
            known = maker.get();
            restore(known);
            byName.put(name, known);
        }
        requireKind(kind, known);
        return known;
    }

    private void requireRoom(String name) {
        if (byName.size() == MAX) {
            throw new IllegalStateException("Pipeline '" + pipeline + "' has " + MAX + " accumulators already, so '"
                    + name + "' cannot be added: names must not be made of data; count by key in a stream instead");
        }
    }

    private void requireKind(Class<?> kind, Accumulator<?, ?> known) {
        if (known.getClass() != kind) {
            throw new IllegalArgumentException("'name' must be new or that of an accumulator of the class "
                    + kind.getSimpleName() + ", but '" + known.name() + "' in pipeline '" + pipeline + "' is of "
                    + known.getClass().getSimpleName());
        }
    }
}
