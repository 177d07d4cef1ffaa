package io.dstream.graph;

import io.dstream.engine.StateStore;
import io.dstream.engine.StateTable;
import io.dstream.function.Functions;
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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Calls a function for every value of the batch, then for every key whose state times out. */
record MapWithState<K, V, S, M>(StateSpec<K, V, S, M> spec) implements StateFunction<K, V, S, M> {

    @Override
    public @Nullable PairRDD<K, S> initialState() {
        return spec.initialState();
    }

    @Override
    public boolean expires() {
        return spec.timeout() != null;
    }

    @Override
    public StateStore.Update<K, V, S, M> forBatch(String stream, Instant batchTime) {
        return (table, rows) -> new Run(table, stream, batchTime).map(rows);
    }

    /** One partition of one batch. */
    private final class Run {

        private final StateTable<K, S> table;
        private final String stream;
        private final Instant time;

        // Mutable state
        private final List<M> mapped = new ArrayList<>();

        Run(StateTable<K, S> table, String stream, Instant time) {
            this.table = table;
            this.stream = stream;
            this.time = time;
        }

        List<M> map(Iterator<Pair<K, V>> rows) throws Exception {
            table.updateEach(rows, this::update, time);
            Duration timeout = spec.timeout();
            if (timeout != null) {
                table.expire(time, timeout, this::timeOut);
            }
            return mapped;
        }

        private @Nullable S update(K key, V value, @Nullable S before) throws Exception {
            CallState<S> state = new CallState<>(table, before, false);
            call(key, Optional.ofNullable(value), state);
            if (!state.isChanged()) {
                return before;
            }
            table.requireCopyable(state.value);
            return state.value;
        }

        private void timeOut(K key, S last) throws Exception {
            call(key, Optional.empty(), new CallState<>(table, last, true));
        }

        private void call(K key, Optional<V> value, State<S> state) throws Exception {
            StateSpec.Mapping<K, V, S, M> mapping = spec.mapping();
            if (mapping instanceof StateSpec.Mapping.ToRow<K, V, S, M> toRow) {
                mapped.add(toRow.function().call(key, value, state));
            } else {
                addIfPresent(((StateSpec.Mapping.ToOptional<K, V, S, M>) mapping)
                        .function()
                        .call(time, key, value, state));
            }
        }

        private void addIfPresent(Optional<M> row) {
            Functions.requireReturned(stream, "Optional.empty()", row).ifPresent(mapped::add);
        }
    }

    /** The state as one call sees it: what the call changes in it and does not {@code update} stays without effect. */
    private static final class CallState<S> implements State<S> {

        private final StateTable<?, S> table;
        private final boolean timingOut;

        // Mutable state
        private @Nullable S value; // null if there is none
        private boolean ofCall; // and no longer the one in the table
        private boolean updated;
        private boolean removed;

        CallState(StateTable<?, S> table, @Nullable S before, boolean timingOut) {
            this.table = table;
            this.value = before;
            this.timingOut = timingOut;
        }

        boolean isChanged() {
            return updated || removed;
        }

        @Override
        public boolean exists() {
            return value != null;
        }

        @Override
        public S get() {
            S own = own();
            if (own == null) {
                throw new NoSuchElementException("The key has no state; ask exists() before");
            }
            return own;
        }

        @Override
        public Optional<S> getOption() {
            return Optional.ofNullable(own());
        }

        private @Nullable S own() {
            if (!ofCall && value != null) {
                value = table.copy(value);
                ofCall = true;
            }
            return value;
        }

        @Override
        public void update(S newState) {
            requireChangeable("updated");
            value = Objects.requireNonNull(newState, "'newState' must not be null; remove() takes the state away");
            ofCall = true;
            updated = true;
        }

        @Override
        public void remove() {
            requireChangeable("removed");
            value = null;
            removed = true;
        }

        @Override
        public boolean isTimingOut() {
            return timingOut;
        }

        @Override
        public String toString() {
            return value == null ? "no state" : value.toString();
        }

        private void requireChangeable(String change) {
            if (removed || timingOut) {
                throw new IllegalArgumentException("The state cannot be " + change + ": it "
                        + (removed ? "was removed in this call" : "is timing out"));
            }
        }
    }
}
