package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls a function for every value of the batch, then for every key whose state times out. */
record MapWithState<K, V, S, M>(StateSpec<K, V, S, M> spec) implements StateFunction<K, V, S, M> {

    @Override
    public @Nullable PairRDD<K, S> initialState() {
        return spec.initialState();
    }

    @Override
    public StateStore.Update<K, V, S, M> forBatch(Instant batchTime) {
        return (table, rows) -> new Run(table, batchTime).map(rows);
    }

    /** One partition of one batch. */
    private final class Run {

        private final StateTable<K, S> table;
        private final Instant time;

        // Mutable state
        private final List<M> mapped = new ArrayList<>();

        Run(StateTable<K, S> table, Instant time) {
            this.table = table;
            this.time = time;
        }

        List<M> map(Iterator<Pair<K, V>> rows) throws Exception {
            while (rows.hasNext()) {
                Pair<K, V> row = rows.next();
                mapValue(row.key(), row.value());
            }
            Duration timeout = spec.timeout();
            if (timeout != null) {
                timeOut(time.minus(timeout));
            }
            return mapped;
        }

        private void mapValue(K key, V value) throws Exception {
            S before = table.get(key);
            CallState<S> state = new CallState<>(table, before, false);
            call(key, Optional.ofNullable(value), state);
            if (state.removed) {
                table.remove(key);
            } else if (state.updated) {
                table.requireCopyable(state.get());
                table.put(key, state.get(), time);
            } else if (before != null && spec.timeout() != null) {
                table.put(key, before, time);
            }
        }

        private void timeOut(Instant deadline) throws Exception {
            for (Pair<K, S> entry : table.entriesUpdatedBefore(deadline)) {
                call(entry.key(), Optional.empty(), new CallState<>(table, entry.value(), true));
                table.remove(entry.key());
            }
        }

        private void call(K key, Optional<V> value, State<S> state) throws Exception {
            spec.mapping().map(time, key, value, state, mapped);
        }
    }

    /** The state as one call sees it: what the call changes in it and does not {@code update} stays without effect. */
    private static final class CallState<S> implements State<S> {

        private final StateTable<?, S> table;
        private final boolean timingOut;

        // Mutable state
        private Optional<S> state;
        private boolean ofCall; // and no longer the one in the table
        private boolean updated;
        private boolean removed;

        CallState(StateTable<?, S> table, @Nullable S before, boolean timingOut) {
            this.table = table;
            this.state = Optional.ofNullable(before);
            this.timingOut = timingOut;
        }

        @Override
        public boolean exists() {
            return state.isPresent();
        }

        @Override
        public S get() {
            return getOption()
                    .orElseThrow(() -> new NoSuchElementException("The key has no state; ask exists() before"));
        }

        @Override
        public Optional<S> getOption() {
            if (!ofCall) {
                state = state.map(table::copy);
                ofCall = true;
            }
            return state;
        }

        @Override
        public void update(S newState) {
            requireChangeable("updated");
            state = Optional.of(newState);
            ofCall = true;
            updated = true;
        }

        @Override
        public void remove() {
            requireChangeable("removed");
            state = Optional.empty();
            removed = true;
        }

        @Override
        public boolean isTimingOut() {
            return timingOut;
        }

        @Override
        public String toString() {
            return state.map(String::valueOf).orElse("no state");
        }

        private void requireChangeable(String change) {
            if (removed || timingOut) {
                throw new IllegalArgumentException("The state cannot be " + change + ": it "
                        + (removed ? "was removed in this call" : "is timing out"));
            }
        }
    }
}
