package io.dstream.rdd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The join of one partition of two sides: the values of one side are in a map, the pairs of the other are looked up in it one by
 * one.
 *
 * <p>Used by one thread, once.
 *
 * @param <K> type of the keys
 * @param <B> type of the values in the map, as they are in the result
 * @param <P> type of the values that are looked up
 * @param <R> type of the values it gives
 */
final class HashJoin<K, B, P, R> implements Iterator<Pair<K, R>> {

    private final Map<K, List<B>> built;
    private final List<B> unmatched; // what stands for the values of a key that is not in the map
    private final Iterator<Pair<K, P>> probes;
    private final BiFunction<B, P, R> combine;

    // Mutable state
    private @Nullable Pair<K, P> probe; // that has more to give
    private List<B> matches = List.of(); // of it
    private int next; // of these

    private HashJoin(
            Map<K, List<B>> built, List<B> unmatched, Iterator<Pair<K, P>> probes, BiFunction<B, P, R> combine) {
        this.built = built;
        this.unmatched = unmatched;
        this.probes = probes;
        this.combine = combine;
    }

    static <K, V, W> Iterator<Pair<K, Pair<V, W>>> inner(Iterator<Pair<K, V>> left, Iterator<Pair<K, W>> right) {
        return new HashJoin<K, V, W, Pair<V, W>>(byKey(left), List.of(), right, Pair::of);
    }

    static <K, V, W> Iterator<Pair<K, Pair<V, Optional<W>>>> leftOuter(
            Iterator<Pair<K, V>> left, Iterator<Pair<K, W>> right) {
        return new HashJoin<>(byKey(present(right)), List.of(Optional.empty()), left, (w, v) -> Pair.of(v, w));
    }

    static <K, V, W> Iterator<Pair<K, Pair<Optional<V>, W>>> rightOuter(
            Iterator<Pair<K, V>> left, Iterator<Pair<K, W>> right) {
        return new HashJoin<>(byKey(present(left)), List.of(Optional.empty()), right, Pair::of);
    }

    private static <K, B> Map<K, List<B>> byKey(Iterator<Pair<K, B>> pairs) {
        Map<K, List<B>> byKey = new HashMap<>();
        pairs.forEachRemaining(pair ->
                byKey.computeIfAbsent(pair.key(), key -> new ArrayList<>()).add(pair.value()));
        return byKey;
    }

    private static <K, V> Iterator<Pair<K, Optional<V>>> present(Iterator<Pair<K, V>> pairs) {
        return Iterators.mapped(pairs, pair -> Pair.of(pair.key(), Optional.ofNullable(pair.value())));
    }

    @Override
    public boolean hasNext() {
        while (next == matches.size() && probes.hasNext()) {
            Pair<K, P> pair = probes.next();
            probe = pair;
            matches = matches(pair);
            next = 0;
        }
        return next < matches.size();
    }

    @Override
    public Pair<K, R> next() {
        Pair<K, P> current = hasNext() ? probe : null;
        if (current == null) {
            throw new NoSuchElementException("the join has no more pairs");
        }
        return row(matches.get(next++), current);
    }

    @Override
    public void forEachRemaining(Consumer<? super Pair<K, R>> action) {
        while (next < matches.size()) {
            action.accept(next());
        }
        probes.forEachRemaining(pair -> {
            List<B> found = matches(pair);
            for (int i = 0; i < found.size(); i++) {
                action.accept(row(found.get(i), pair));
            }
        });
    }

    private List<B> matches(Pair<K, P> pair) {
        return built.getOrDefault(pair.key(), unmatched);
    }

    private Pair<K, R> row(B match, Pair<K, P> pair) {
        return Pair.of(pair.key(), combine.apply(match, pair.value()));
    }
}
