package io.dstream.scheduler;

import io.dstream.event.InputInfo;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.input.Allocation;
import io.dstream.storage.BatchLog;
import io.dstream.storage.LoggedBatch;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.time.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes a batch at every tick: sets aside its records, writes that down, and hands it over. Ticks are never skipped or
 * merged; late ones follow each other at once.
 *
 * <p>Used by the ticker thread alone, after {@link #begin}.
 */
final class Ticker {

    private static final Logger log = LoggerFactory.getLogger(Ticker.class);

    /** Whoever waits longer for the first batch has a clock that was set back, and should know. */
    private static final Duration LONG_WAIT = Duration.ofMinutes(1);

    private final Pipeline pipeline;
    private final BatchLog batchLog;
    private final Retries retries;
    private final InputRates rates;
    private final Signal stopping;
    private final Handover handover;

    // Mutable state
    private Instant next = Instant.MIN; // the time of the next tick

    /**
     * @param batchLog where batches are written down
     * @param rates what is known of the inputs' rates is written down with what is allocated
     * @param stopping when set, ticks end
     * @param handover gets the batches; waits while too many wait already
     */
    Ticker(
            Pipeline pipeline,
            BatchLog batchLog,
            Retries retries,
            InputRates rates,
            Signal stopping,
            Handover handover) {
        this.pipeline = pipeline;
        this.batchLog = batchLog;
        this.retries = retries;
        this.rates = rates;
        this.stopping = stopping;
        this.handover = handover;
    }

    /**
     * Sets the time of the first tick: the first multiple of the batch interval after now and after the last batch.
     *
     * @param last the last batch of the runs before; null if there was none
     * @return this time
     */
    Instant begin(@Nullable Instant last) {
        Instant now = pipeline.clock().now();
        next = nextMultiple(now);
        if (last != null && !next.isAfter(last)) {
            next = nextMultiple(last);
            boolean isLong = next.isAfter(now.plus(LONG_WAIT));
            log.atLevel(isLong ? Level.WARN : Level.INFO)
                    .log(
                            "Pipeline '{}' begins at {}, because its last batch before was {}, and now is {}",
                            pipeline.name(),
                            next,
                            last,
                            now);
        }
        return next;
    }

    void tickUntilStopped() throws InterruptedException {
        while (!pipeline.clock().await(stopping, next)) {
            tick();
        }
    }

    /** Makes batches, without waiting for their time, until everything that was accepted is in one. */
    void drain() throws InterruptedException {
        while (inputs().stream()
                .anyMatch(input -> pipeline.graph().sourceOf(input).hasPending())) {
            tick();
        }
    }

    private void tick() throws InterruptedException {
        makeBatch(next);
        next = next.plus(pipeline.settings().batchInterval());
    }

    private void makeBatch(Instant time) throws InterruptedException {
        Map<String, Allocation> allocated = new LinkedHashMap<>();
        @Nullable
        Throwable failure =
                retries.attempt(() -> "the records of batch " + time, () -> allocate(time, allocated), ignored -> {});
        batchLog.allocated(new LoggedBatch(time, logged(allocated)));
        handover.accept(new Batch(
                pipeline.name(), time, infos(allocated), pipeline.clock().now(), failure));
    }

    /** Goes on with the input after the last one that succeeded. */
    private void allocate(Instant time, Map<String, Allocation> allocated) throws Exception {
        while (allocated.size() < inputs().size()) {
            retries.requireNotHalted();
            Node.Input input = inputs().get(allocated.size());
            String id = pipeline.graph().idOf(input);
            allocated.put(id, allocate(input, id, time));
        }
    }

    private Allocation allocate(Node.Input input, String id, Instant time) throws Exception {
        @Nullable Allocation allocation = pipeline.graph().sourceOf(input).allocate(time);
        if (allocation == null) {
            throw new StreamingException("The source of '" + id + "' in pipeline '" + pipeline.name()
                    + "' returned null; return an Allocation of 0 records instead");
        }
        return allocation;
    }

    private Map<String, LoggedInput> logged(Map<String, Allocation> allocated) {
        Map<String, LoggedInput> logged = new LinkedHashMap<>();
        allocated.forEach((input, allocation) -> logged.put(
                input,
                new LoggedInput(
                        allocation.records(),
                        allocation.description(),
                        rates.of(input).addTo(allocation.positions()))));
        return logged;
    }

    private static List<InputInfo> infos(Map<String, Allocation> allocated) {
        List<InputInfo> infos = new ArrayList<>(allocated.size());
        allocated.forEach(
                (input, allocation) -> infos.add(new InputInfo(input, allocation.records(), allocation.description())));
        return infos;
    }

    private Instant nextMultiple(Instant time) {
        long millis = pipeline.settings().batchInterval().toMillis();
        return Instant.ofEpochMilli((Math.floorDiv(time.toEpochMilli(), millis) + 1) * millis);
    }

    private List<Node.Input> inputs() {
        return pipeline.graph().inputs();
    }

    /** Takes a batch that has its records. */
    @FunctionalInterface
    interface Handover {
        void accept(Batch batch) throws InterruptedException;
    }
}
