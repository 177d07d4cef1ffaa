package io.dstream.rdd;

import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.StreamingException;
import java.io.Serializable;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How the values of one key become one result.
 *
 * @param create the result of a first value
 * @param mergeValue a result with one more value; may change and return its first argument
 * @param mergeCombiners two results in one; may change and return its first argument
 */
public record Aggregation<V, C>(Function<V, C> create, Function2<C, V, C> mergeValue, Function2<C, C, C> mergeCombiners)
        implements Serializable {

    /** The results of the pairs of one partition, in the order in which their keys came. */
    <K> Iterator<Pair<K, C>> combine(Iterator<Pair<K, V>> pairs) {
        Map<K, C> results = new LinkedHashMap<>();
        pairs.forEachRemaining(pair -> add(pair, results));
        return results.entrySet().stream()
                .map(entry -> Pair.of(entry.getKey(), entry.getValue()))
                .iterator();
    }

    @SuppressWarnings("NullAway") // a result is null if a user's function has made it so
    private <K> void add(Pair<K, V> pair, Map<K, C> results) {
        K key = pair.key();
        C before = results.get(key);
        try {
            boolean isFirst = before == null && !results.containsKey(key); // a result may be null
            results.put(key, isFirst ? create.call(pair.value()) : mergeValue.call(before, pair.value()));
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }
}
