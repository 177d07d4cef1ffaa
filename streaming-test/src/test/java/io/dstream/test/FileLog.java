package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.ListenerBus;
import io.dstream.input.Allocation;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.FileSource;
import io.dstream.input.FileStreamOptions;
import io.dstream.input.InputContext;
import io.dstream.input.RateController;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.Progress;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A file source on a clock moved by hand, with a log of what it has allocated that survives it: it can be started again after
 * any step.
 */
final class FileLog {

    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final String directory;
    private final FileStreamOptions options;
    private final ManualClock clock;
    private final Map<String, String> positions = new HashMap<>(); // of the batches that are committed
    private final NavigableMap<Instant, Map<String, String>> uncommitted = new TreeMap<>();
    private @Nullable FileSource<String> source;
    private @Nullable Allocation allocation; // not written down yet

    FileLog(String directory, FileStreamOptions options, ManualClock clock) {
        this.directory = directory;
        this.options = options;
        this.clock = clock;
    }

    Instant now() {
        return clock.now();
    }

    Map<String, String> positions() {
        return positions;
    }

    Set<Instant> uncommitted() {
        return uncommitted.keySet();
    }

    /** Starts, at first or after the process has ended at this point. */
    FileLog start() throws IOException {
        Progress progress = new Progress(positions, uncommitted);
        allocation = null;
        source = FileSource.lines(directory, 1_000, options);
        source.start(new InputContext(
                "default",
                "file-0",
                clock,
                INTERVAL,
                1_000_000,
                new ListenerBus(List.of()),
                progress,
                new RateController("file-0", INTERVAL, BackpressureSettings.defaults(), progress),
                null));
        return this;
    }

    /** Lets time pass until the next batch, which is allocated and not written down. */
    Instant allocate() {
        clock.advance(INTERVAL);
        Instant batch = clock.now();
        allocation = source.allocate(batch);
        return batch;
    }

    void write(Instant batch) {
        uncommitted.put(batch, allocation.positions());
    }

    /** The lines of a batch. */
    List<String> read(Instant batch) throws Exception {
        List<String> lines = new ArrayList<>();
        for (InputPartition<String> partition : source.read(batch)) {
            Iterator<String> records = partition.open();
            records.forEachRemaining(lines::add);
        }
        return lines;
    }

    void commit(Instant batch) {
        assertThat(batch).isEqualTo(uncommitted.firstKey());
        uncommitted.pollFirstEntry().getValue().forEach((name, value) -> {
            if (value.isEmpty()) {
                positions.remove(name);
            } else {
                positions.put(name, value);
            }
        });
        source.commit(batch);
        source.release(batch);
    }

    /** A batch from its tick to its commit. */
    List<String> run() throws Exception {
        Instant batch = allocate();
        write(batch);
        List<String> lines = read(batch);
        commit(batch);
        return lines;
    }
}
