package io.dstream.rdd;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Where to cut keys in order into ranges of about equal size, judged by a sample. The same rows give the same ranges.
 *
 * @param bounds the greatest key of each range but the last, each once
 */
record KeyRanges<K>(List<K> bounds, Comparator<? super K> order) implements Serializable {

    /** As in Spark: 20 for each range, three times as many because partitions are seldom of equal size. */
    private static final int SAMPLES_PER_RANGE = 60;

    private static final int MAX_SAMPLES = 1_000_000;

    /** Computes the keys once, unless there is nothing to cut. */
    static <K> KeyRanges<K> of(RDD<K> keys, Comparator<? super K> order, int ranges) {
        if (ranges == 1 || keys.getNumPartitions() == 0) {
            return new KeyRanges<>(List.of(), order);
        }
        int perPartition = perPartition(ranges, keys.getNumPartitions());
        List<Sample<K>> samples = keys.mapRows((index, rows) ->
                        List.of(Sample.of(rows, perPartition, index)).iterator())
                .collect();
        return new KeyRanges<>(bounds(samples, order, ranges), order);
    }

    /** How many ranges there are: as many as asked for, or fewer if there are not so many different keys. */
    int count() {
        return bounds.size() + 1;
    }

    int rangeOf(K key) {
        int index = Collections.binarySearch(bounds, key, order);
        return index < 0 ? -index - 1 : index;
    }

    private static int perPartition(int ranges, int partitions) {
        long samples = Math.min(MAX_SAMPLES, (long) SAMPLES_PER_RANGE * ranges);
        return (int) Math.max(1, samples / partitions);
    }

    private static <K> List<K> bounds(List<Sample<K>> samples, Comparator<? super K> order, int ranges) {
        List<Weighted<K>> candidates = new ArrayList<>();
        samples.forEach(sample -> candidates.addAll(sample.weighted()));
        candidates.sort((first, second) -> order.compare(first.key, second.key));
        double step = candidates.stream().mapToDouble(Weighted::weight).sum() / ranges;
        List<K> bounds = new ArrayList<>();
        double passed = 0;
        for (Weighted<K> candidate : candidates) {
            passed += candidate.weight;
            boolean isNew = bounds.isEmpty() || order.compare(candidate.key, bounds.get(bounds.size() - 1)) > 0;
            if (isNew && bounds.size() < ranges - 1 && passed >= step * (bounds.size() + 1)) {
                bounds.add(candidate.key);
            }
        }
        return bounds;
    }

    /**
     * Some keys of a partition, each as likely as any other.
     *
     * @param count how many keys the partition has
     */
    private record Sample<K>(List<K> keys, long count) {

        /** Keeps the first keys, and lets each later one take the place of another with the right chance. */
        static <K> Sample<K> of(Iterator<K> rows, int size, int seed) {
            SplittableRandom random = new SplittableRandom(seed);
            List<K> keys = new ArrayList<>(Iterators.firstOf(rows, size));
            long count = keys.size();
            while (rows.hasNext()) {
                K key = rows.next();
                long place = random.nextLong(++count);
                if (place < size) {
                    keys.set((int) place, key);
                }
            }
            return new Sample<>(keys, count);
        }

        /** Each key with the number of keys that it stands for. */
        List<Weighted<K>> weighted() {
            return keys.stream()
                    .map(key -> new Weighted<>(key, (double) count / keys.size()))
                    .toList();
        }
    }

    private record Weighted<K>(K key, double weight) {}
}
