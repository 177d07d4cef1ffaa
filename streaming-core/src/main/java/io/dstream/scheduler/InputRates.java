package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.event.RateInfo;
import io.dstream.graph.Node;
import io.dstream.input.RateController;
import io.dstream.storage.Checkpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The rate controllers of a run's inputs, by the inputs' ids.
 *
 * <p>Thread-safe, but for {@link #tell}, which is called before the threads of the run are started and then by the batch
 * thread.
 */
final class InputRates {

    private final Pipeline pipeline;
    private final Map<String, RateController> byInput = new LinkedHashMap<>();

    // Mutable state
    private List<RateInfo> told = List.of();

    /**
     * @param checkpoint the estimates are gone on with
     */
    InputRates(Pipeline pipeline, Checkpoint checkpoint) {
        this.pipeline = pipeline;
        for (Node.Input input : pipeline.graph().inputs()) {
            String id = pipeline.graph().idOf(input);
            byInput.put(
                    id,
                    new RateController(
                            id,
                            pipeline.settings().batchInterval(),
                            pipeline.settings().backpressure(),
                            checkpoint.progress(id)));
        }
    }

    RateController of(String input) {
        return Objects.requireNonNull(byInput.get(input), input);
    }

    /** Learns from a batch that has ended; one that was given up tells nothing of how fast records are processed. */
    void completed(BatchInfo batch) {
        Duration processing = batch.processingDelay();
        Duration scheduling = batch.schedulingDelay();
        if (batch.status() == Status.COMMITTED && processing != null && scheduling != null) {
            for (InputInfo input : batch.inputs()) {
                of(input.input())
                        .completed(
                                Objects.requireNonNull(batch.processingEndTime()),
                                input.records(),
                                processing,
                                scheduling);
            }
            tell();
        }
    }

    /** Tells of the limits that have changed since this was called last. */
    void tell() {
        List<RateInfo> limits = limits();
        for (RateInfo rate : limits) {
            if (!told.contains(rate)) {
                pipeline.events().post(listener -> listener.onRateLimitChanged(rate));
            }
        }
        told = limits;
    }

    /** The inputs whose rates are limited, in the order of their definition. */
    List<RateInfo> limits() {
        List<RateInfo> limits = new ArrayList<>();
        byInput.forEach((input, rate) -> {
            long limit = rate.limit();
            if (limit != RateController.UNLIMITED) {
                limits.add(new RateInfo(pipeline.name(), input, limit));
            }
        });
        return limits;
    }
}
