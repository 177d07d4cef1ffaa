package io.dstream.rdd;

import java.util.ArrayList;
import java.util.List;

/** The first values that were added, up to a limit, and how many there were beyond it. */
final class CollectedSum<T> implements Sum<T, List<T>> {

    private final int limit;

    // Mutable state
    private final List<T> values = new ArrayList<>();
    private long dropped;

    CollectedSum(int limit) {
        this.limit = limit;
    }

    @Override
    public void add(T value) {
        if (values.size() < limit) {
            values.add(value);
        } else {
            dropped++;
        }
    }

    @Override
    public void addAll(Sum<T, List<T>> other) {
        CollectedSum<T> collected = (CollectedSum<T>) other;
        collected.values.forEach(this::add);
        dropped += collected.dropped;
    }

    @Override
    public List<T> value() {
        return List.copyOf(values);
    }

    @Override
    public Object state() {
        return Pair.of(new ArrayList<>(values), dropped);
    }

    @Override
    @SuppressWarnings("unchecked") // made by the method above
    public void restore(Object state) {
        Pair<List<T>, Long> collected = (Pair<List<T>, Long>) state;
        collected.key().forEach(this::add);
        dropped += collected.value();
    }

    long dropped() {
        return dropped;
    }
}
