package io.dstream.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.BatchInfo;
import io.dstream.event.InputInfo;
import io.dstream.event.ListenerBus;
import io.dstream.event.StreamingListener;
import io.dstream.graph.Node;
import io.dstream.graph.OutputOperation;
import io.dstream.graph.StreamGraph;
import io.dstream.input.Allocation;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.RateController;
import io.dstream.local.LocalEngine;
import io.dstream.rdd.Accumulators;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.BatchCommit;
import io.dstream.storage.BatchLog;
import io.dstream.storage.BatchLogs;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Checkpoint;
import io.dstream.storage.Codec;
import io.dstream.storage.LoggedBatch;
import io.dstream.storage.LoggedRun;
import io.dstream.storage.Progress;
import io.dstream.storage.StorageSettings;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of an input's rate is written down with its positions, and found again after a restart. */
class InputRatesTest {

    @TempDir
    private Path directory;

    private final ManualClock clock = new ManualClock(Instant.EPOCH);
    private final Codec<Object> codec = Codec.allowing(List.of());
    private final BlockStore rows =
            new BlockStore("test", StorageSettings.defaults().directory(), new BlockStore.Bounds(1, 1, 1), codec);
    private final LocalEngine engine = new LocalEngine(1, rows, codec);
    private final BlockingQueue<BatchInfo> ended = new LinkedBlockingQueue<>();
    private final List<JobScheduler> started = new ArrayList<>();

    @AfterEach
    void close() {
        stop();
        engine.close();
    }

    @Test
    void anEstimateIsWrittenWithTheAllocationAfterItsBatchAndGoneOnWithAfterARestart() throws Exception {
        BatchLogs logs = BatchLogs.inDirectory(directory, "p", Codec.allowing(List.of()), 100, false);
        List<Map<String, String>> positions = new CopyOnWriteArrayList<>();
        CountedSource source = new CountedSource();
        start(source, percents -> new ShownLog(logs.open(percents), positions));
        runBatch();
        runBatch();
        runBatch();
        assertThat(source.limits).containsExactly(10L, 10L, 100L); // ten records in 100 ms
        assertThat(positions)
                .containsExactly(
                        Map.of("at", "1"),
                        Map.of("at", "2", "dstream.rate", "1100 100.0 0.0 false"),
                        Map.of("at", "3", "dstream.rate", "2100 100.0 0.0 true"));
        stop();
        CountedSource again = new CountedSource();
        start(again, logs);
        assertThat(again.told.positions()).isEqualTo(Map.of("at", "3"));
        runBatch();
        assertThat(again.limits).containsExactly(100L);
    }

    private void start(CountedSource source, BatchLogs logs) {
        StreamGraph.Builder graph = new StreamGraph.Builder("p");
        Node.Input input = graph.add(new Node.Input(source, Duration.ofSeconds(1)));
        graph.add(new OutputOperation("count", input, (rdd, time) -> clock.advance(Duration.ofMillis(100)), () -> {}));
        JobScheduler scheduler = new JobScheduler(new Pipeline(
                "p",
                graph.build(),
                new SchedulerSettings(
                        Duration.ofSeconds(1),
                        1_000,
                        FailureSettings.defaults(),
                        BackpressureSettings.defaults().withEnabled(true).withInitialRate(10)),
                engine,
                clock,
                new ListenerBus(List.of(new StreamingListener() {
                    @Override
                    public void onBatchCompleted(BatchInfo batch) {
                        ended.add(batch);
                    }
                })),
                logs,
                new Accumulators("p", engine::currentWork),
                rows));
        started.add(scheduler);
        scheduler.start();
    }

    private void stop() {
        started.forEach(scheduler -> {
            scheduler.initiateStop(false);
            scheduler.awaitStop(Instant.MAX);
        });
        started.clear();
    }

    private void runBatch() throws InterruptedException {
        clock.advance(
                Duration.between(clock.now(), Instant.ofEpochSecond(clock.now().getEpochSecond() + 1)));
        assertThat(ended.take().inputs()).containsExactly(new InputInfo("counted-0", 10, ""));
    }

    /** Shows what is written to a log. */
    private static final class ShownLog implements BatchLog {

        private final BatchLog log;
        private final List<Map<String, String>> positions;

        ShownLog(BatchLog log, List<Map<String, String>> positions) {
            this.log = log;
            this.positions = positions;
        }

        @Override
        public boolean isKept() {
            return log.isKept();
        }

        @Override
        public Checkpoint checkpoint() {
            return log.checkpoint();
        }

        @Override
        public void begin(LoggedRun run) throws IOException {
            log.begin(run);
        }

        @Override
        public void allocated(LoggedBatch batch) {
            batch.inputs().values().forEach(input -> positions.add(input.positions()));
            log.allocated(batch);
        }

        @Override
        public void requireAllocated(Instant batchTime) throws IOException {
            log.requireAllocated(batchTime);
        }

        @Override
        public BatchCommit commit(Instant batchTime) {
            return log.commit(batchTime);
        }

        @Override
        public void committed(BatchCommit commit) throws IOException {
            log.committed(commit);
        }

        @Override
        public void close() throws IOException {
            log.close();
        }
    }

    /** Gives ten records to every batch and counts the batches. */
    private static final class CountedSource implements InputSource<Integer> {

        private final List<Long> limits = new CopyOnWriteArrayList<>();
        private Progress told = Progress.none();
        private @Nullable RateController rate;
        private int batches;

        @Override
        public String kind() {
            return "counted";
        }

        @Override
        public void start(InputContext context) {
            told = context.progress();
            rate = context.rate();
            context.rate().follow(RateController.UNLIMITED);
        }

        @Override
        @SuppressWarnings("NullAway") // set at the start
        public Allocation allocate(Instant batchTime) {
            limits.add(rate.limit());
            batches++;
            return new Allocation(10, "", Map.of("at", Integer.toString(batches)));
        }

        @Override
        public List<InputPartition<Integer>> read(Instant batchTime) {
            return List.of();
        }
    }
}
