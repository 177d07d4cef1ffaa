package io.dstream.rdd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The values of one key on both sides of a cogroup. */
final class Cogroup<V, W> {

    private static final int FEW = 4; // values of a key

    // Mutable state
    private final List<V> left = new ArrayList<>(FEW);
    private final List<W> right = new ArrayList<>(FEW);

    /** The groups of one partition of both sides: a row for each key that either side has, its values in their order. */
    static <K, V, W> Iterator<Pair<K, Pair<List<V>, List<W>>>> of(
            Iterator<Pair<K, V>> left, Iterator<Pair<K, W>> right) {
        List<Pair<K, Pair<List<V>, List<W>>>> rows = new ArrayList<>();
        Map<K, Cogroup<V, W>> groups = new HashMap<>();
        left.forEachRemaining(pair -> group(pair.key(), groups, rows).left.add(pair.value()));
        right.forEachRemaining(pair -> group(pair.key(), groups, rows).right.add(pair.value()));
        return rows.iterator();
    }

    private static <K, V, W> Cogroup<V, W> group(
            K key, Map<K, Cogroup<V, W>> groups, List<Pair<K, Pair<List<V>, List<W>>>> rows) {
        Cogroup<V, W> group = groups.get(key);
        if (group == null) {
            group = new Cogroup<>();
            groups.put(key, group);
            rows.add(Pair.of(key, Pair.of(group.left, group.right)));
        }
        return group;
    }
}
