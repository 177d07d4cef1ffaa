package io.dstream.rdd;

import java.io.Serializable;

/**
 * A key and a value; printed as {@code (key,value)}.
 *
 * @param key the key; may be null
 * @param value the value; may be null
 */
public record Pair<K, V>(K key, V value) implements Serializable {

    public static <K, V> Pair<K, V> of(K key, V value) {
        return new Pair<>(key, value);
    }

    /** The pair of this value and this key. */
    public Pair<V, K> swap() {
        return new Pair<>(value, key);
    }

    @Override
    public String toString() {
        return "(" + key + "," + value + ")";
    }
}
