package io.dstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.engine.StateStore;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.storage.StorageSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalStateStoreTest {

    private static final int THREADS = 2;
    private static final int NODES = 16;
    private static final int ROUNDS = 1_000;

    private final Codec<Object> codec = Codec.allowing(List.of());
    private final BlockStore rows =
            new BlockStore("test", StorageSettings.defaults().directory(), new BlockStore.Bounds(1, 1, 1), codec);
    private final LocalEngine engine = new LocalEngine(1, rows, codec);
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final PairRDD<String, Long> one =
            PairRDD.fromRDD(RDD.ofRows(engine.openBatch("a batch"), List.of(Pair.of("key", 1L)), 1));
    private StateStore store = engine.openState();

    @AfterEach
    void close() {
        threads.shutdownNow();
        engine.close();
    }

    @Test
    void nodesMayBeUpdatedSideBySideAndAllOfThemAreUndoneOrKept() throws Exception {
        for (int round = 0; round < ROUNDS; round++) { // what is not safe fails when the first nodes are added
            store = engine.openState();
            updateAllSideBySide();
            store.commit();
            updateAllSideBySide();
            store.rollback();
            assertThat(states()).hasSize(NODES).containsOnly(1L);
            assertThat(nodes()).noneMatch(store::isNew);
        }
    }

    private void updateAllSideBySide() throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            List<String> own = nodes().subList(thread * NODES / THREADS, (thread + 1) * NODES / THREADS);
            Callable<Void> updates = () -> {
                start.await();
                own.forEach(this::addOne);
                return null;
            };
            running.add(threads.submit(updates));
        }
        for (Future<?> each : running) {
            each.get();
        }
    }

    private void addOne(String node) {
        store.<String, Long, Long, Void>update(node, one, (table, rows) -> {
            table.updateEach(
                    rows, (key, value, before) -> before == null ? value : Long.valueOf(before + value), Instant.EPOCH);
            return List.of();
        });
    }

    private List<Long> states() throws Exception {
        List<Long> states = new ArrayList<>();
        for (String node : nodes()) {
            for (InputPartition<Pair<String, Long>> partition : store.<String, Long>read(node, 1)) {
                Iterator<Pair<String, Long>> rows = partition.open();
                states.add(rows.hasNext() ? rows.next().value() : 0);
            }
        }
        return states;
    }

    private static List<String> nodes() {
        return IntStream.range(0, NODES).mapToObj(node -> "node-" + node).toList();
    }
}
