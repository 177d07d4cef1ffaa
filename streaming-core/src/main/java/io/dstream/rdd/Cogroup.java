package io.dstream.rdd;

import java.util.ArrayList;
import java.util.List;

/** The values of one key on both sides of a cogroup, while they are gathered; the first of two takes in the second. */
final class Cogroup<V, W> {

    // Mutable state
    private final List<V> left = new ArrayList<>();
    private final List<W> right = new ArrayList<>();

    static <V, W> Cogroup<V, W> ofLeft(V value) {
        Cogroup<V, W> group = new Cogroup<>();
        group.left.add(value);
        return group;
    }

    static <V, W> Cogroup<V, W> ofRight(W value) {
        Cogroup<V, W> group = new Cogroup<>();
        group.right.add(value);
        return group;
    }

    static <V, W> Cogroup<V, W> with(Cogroup<V, W> first, Cogroup<V, W> second) {
        first.left.addAll(second.left);
        first.right.addAll(second.right);
        return first;
    }

    Pair<List<V>, List<W>> lists() {
        return Pair.of(left, right);
    }
}
