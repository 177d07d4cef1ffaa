package io.dstream.benchmarks;

import io.dstream.event.StreamingListener;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/** W3: a count is kept for each of many keys. A unit is a batch of 10,000 keys, drawn at random. */
final class KeyedState {

    private static final int KEYS_PER_BATCH = 10_000;
    private static final int BATCHES = 100;

    private final int keys;
    private final List<List<Long>> batches = new ArrayList<>();

    private KeyedState(int keys) {
        this(keys, BATCHES);
    }

    private KeyedState(int keys, int batchCount) {
        this.keys = keys;
        Random random = new Random(1);
        for (int i = 0; i < batchCount; i++) {
            batches.add(random.longs(KEYS_PER_BATCH, 0, keys).boxed().toList());
        }
    }

    static Workload mapWithState(int keys) {
        return new KeyedState(keys).mapWithState(new Pipeline());
    }

    /** As {@link #mapWithState}, with each batch committed to a log in files. */
    static Workload mapWithDurableState(int keys) throws IOException {
        Path directory = Logs.temporaryDirectory();
        return new KeyedState(keys)
                .mapWithState(
                        new Pipeline(config -> config.withCheckpointDirectory(directory), new StreamingListener() {}));
    }

    static Workload updateStateByKey(int keys) {
        return new KeyedState(keys).updateStateByKey();
    }

    /**
     * What mapWithState is compared with: each thread counts half of a batch in a map, then adds what both have counted of the
     * keys of its parity to a map that stays.
     */
    static Workload maps(int keys) {
        return new KeyedState(keys).maps();
    }

    /** A pipeline with a state for each key, after its batches were forgotten. */
    static Object statesAtRest(int keys) {
        KeyedState states = new KeyedState(keys, 0);
        Pipeline pipeline = new Pipeline();
        Queue<RDD<Long>> queue = Pipeline.queue();
        states.countWithState(pipeline, queue, new AtomicLong());
        for (int i = 0; i < 3; i++) {
            pipeline.runBatch();
        }
        return pipeline;
    }

    /** What takes the same place of plain Java. */
    static Object mapsAtRest(int keys) {
        return new KeyedState(keys, 0).filledMaps();
    }

    /** What updateStateByKey is compared with: the same function, called for every entry of a map. */
    static Workload functionOnMaps(int keys) {
        return new KeyedState(keys).functionOnMaps();
    }

    private Workload mapWithState(Pipeline pipeline) {
        Queue<RDD<Long>> queue = Pipeline.queue();
        AtomicLong mapped = new AtomicLong();
        countWithState(pipeline, queue, mapped);
        return units -> {
            mapped.set(0);
            runBatches(units, pipeline, queue);
            Workload.check("rows", mapped.get(), (long) units * KEYS_PER_BATCH);
        };
    }

    private void countWithState(Pipeline pipeline, Queue<RDD<Long>> queue, AtomicLong mapped) {
        pipeline.stream(queue)
                .mapToPair(key -> Pair.of(key, 1L))
                .mapWithState(StateSpec.function(KeyedState::count))
                .foreachRDD(rdd -> mapped.addAndGet(rdd.count()));
        pipeline.context().start();
        load(pipeline, queue);
    }

    private static long count(Long key, Optional<Long> value, State<Long> state) {
        long count = (state.exists() ? state.get() : 0) + value.orElseThrow();
        state.update(count);
        return count;
    }

    private Workload updateStateByKey() {
        Pipeline pipeline = new Pipeline();
        Queue<RDD<Long>> queue = Pipeline.queue();
        AtomicLong sum = new AtomicLong();
        pipeline.stream(queue)
                .mapToPair(key -> Pair.of(key, 1L))
                .<Long>updateStateByKey(KeyedState::added)
                .foreachRDD(rdd -> sum.set(rdd.values().fold(0L, Long::sum)));
        pipeline.context().start();
        load(pipeline, queue);
        return units -> {
            runBatches(units, pipeline, queue);
            Workload.check("sum", sum.get(), keys + (long) units * KEYS_PER_BATCH);
        };
    }

    private static Optional<Long> added(List<Long> values, Optional<Long> state) {
        long sum = state.orElse(0L);
        for (long value : values) {
            sum += value;
        }
        return Optional.of(sum);
    }

    private void load(Pipeline pipeline, Queue<RDD<Long>> queue) {
        queue.add(
                pipeline.context().parallelize(LongStream.range(0, keys).boxed().toList()));
        pipeline.runBatch();
    }

    private void runBatches(int count, Pipeline pipeline, Queue<RDD<Long>> queue) {
        for (int i = 0; i < count; i++) {
            queue.add(pipeline.context().parallelize(batches.get(i % BATCHES)));
            pipeline.runBatch();
        }
        pipeline.close();
    }

    private Workload maps() {
        List<Map<Long, Counter>> states = filledMaps();
        return units -> {
            AtomicLong mapped = new AtomicLong();
            try (TwoThreads threads = new TwoThreads()) {
                for (int i = 0; i < units; i++) {
                    List<Long> batch = batches.get(i % BATCHES);
                    List<Map<Long, Counter>> halves = List.of(new HashMap<>(), new HashMap<>());
                    threads.run(thread -> countHalf(batch, halves.get(thread), thread));
                    threads.run(thread -> mapped.addAndGet(mergeOwn(halves, states.get(thread), thread)));
                }
            }
            Workload.check("rows", mapped.get(), (long) units * KEYS_PER_BATCH);
        };
    }

    private List<Map<Long, Counter>> filledMaps() {
        List<Map<Long, Counter>> maps = List.of(new HashMap<>(), new HashMap<>());
        LongStream.range(0, keys).forEach(key -> maps.get((int) key & 1).put(key, new Counter()));
        return maps;
    }

    private static void countHalf(List<Long> batch, Map<Long, Counter> counts, int thread) {
        int half = KEYS_PER_BATCH / 2;
        for (Long key : batch.subList(thread * half, (thread + 1) * half)) {
            counts.computeIfAbsent(key, absent -> new Counter()).value++;
        }
    }

    private static long mergeOwn(List<Map<Long, Counter>> halves, Map<Long, Counter> states, int thread) {
        long[] merged = new long[1];
        for (Map<Long, Counter> half : halves) {
            half.forEach((key, counter) -> {
                if ((key.hashCode() & 1) == thread) {
                    states.computeIfAbsent(key, absent -> new Counter()).value += counter.value;
                    merged[0] += counter.value;
                }
            });
        }
        return merged[0];
    }

    private Workload functionOnMaps() {
        List<Map<Long, Long>> maps = List.of(new HashMap<>(), new HashMap<>());
        LongStream.range(0, keys).forEach(key -> maps.get((int) key & 1).put(key, 1L));
        return units -> {
            long[] sums = new long[2];
            try (TwoThreads threads = new TwoThreads()) {
                for (int i = 0; i < units; i++) {
                    List<Long> batch = batches.get(i % BATCHES);
                    threads.run(thread -> sums[thread] = updateOwn(batch, maps.get(thread), thread));
                }
            }
            Workload.check("sum", sums[0] + sums[1], keys + (long) units * KEYS_PER_BATCH);
        };
    }

    private static long updateOwn(List<Long> batch, Map<Long, Long> states, int thread) {
        Map<Long, List<Long>> values = new HashMap<>();
        for (Long key : batch) {
            if ((key.hashCode() & 1) == thread) {
                values.computeIfAbsent(key, absent -> new ArrayList<>()).add(1L);
            }
        }
        long[] sum = new long[1];
        states.replaceAll((key, state) -> {
            long next = added(values.getOrDefault(key, List.of()), Optional.of(state))
                    .orElseThrow();
            sum[0] += next;
            return next;
        });
        return sum[0];
    }
}
