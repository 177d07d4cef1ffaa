package io.dstream.local;

import io.dstream.rdd.UnitOfWork;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Rows that all map tasks must have put out before any of them can be read. */
sealed interface Shuffled<T> permits Shuffle, Exchange {

    /** What its computation is a part of; null if there is nothing around it. */
    @Nullable
    UnitOfWork work();

    /** Runs the map tasks, unless they have run. */
    void prepare();

    /** The rows of a reduce partition; if they were not prepared, they are now. */
    Iterator<T> read(int partition);

    /** Whether there are rows in any partition. */
    boolean hasRows();

    /**
     * The partition of a key.
     *
     * @throws IllegalArgumentException if the key is an array
     */
    static int partitionOf(@Nullable Object key, int partitions) {
        if (key != null && key.getClass().isArray()) {
            throw new IllegalArgumentException("A key must not be an array, which is equal only to itself, but was of"
                    + " type " + key.getClass().getSimpleName() + "; use a List, a String or a record");
        }
        return partitionOf(Objects.hashCode(key), partitions);
    }

    /** The partition of a hash; a division takes longer than finding the place of a row in a list. */
    private static int partitionOf(int hash, int partitions) {
        boolean powerOfTwo = (partitions & (partitions - 1)) == 0;
        return powerOfTwo ? hash & (partitions - 1) : Math.floorMod(hash, partitions);
    }
}
