package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.event.OutputInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One batch on its way; made by the ticker thread, then used by the batch thread alone. */
final class Batch {

    private final String pipeline;
    private final Instant time;
    private final Instant submissionTime;
    private final @Nullable Throwable allocationFailure;

    // Mutable state
    private List<InputInfo> inputs;
    private final Map<String, OutputInfo> outputs = new LinkedHashMap<>();
    private Status status = Status.QUEUED;
    private @Nullable Instant startTime;
    private @Nullable Instant endTime;
    private @Nullable String failureReason;

    /**
     * @param allocationFailure why its records could not be allocated; null if they were
     */
    Batch(
            String pipeline,
            Instant time,
            List<InputInfo> inputs,
            Instant submissionTime,
            @Nullable Throwable allocationFailure) {
        this.pipeline = pipeline;
        this.time = time;
        this.inputs = inputs;
        this.submissionTime = submissionTime;
        this.allocationFailure = allocationFailure;
        noteFailure(allocationFailure);
    }

    Instant time() {
        return time;
    }

    Status status() {
        return status;
    }

    @Nullable
    Throwable allocationFailure() {
        return allocationFailure;
    }

    void start(Instant now) {
        status = Status.PROCESSING;
        startTime = now;
    }

    void end(Status end, Instant now) {
        status = end;
        endTime = now;
    }

    List<InputInfo> inputs() {
        return inputs;
    }

    /** How many records each gave to the batch, and from where, as far as that was told; empty if they could not be allocated. */
    List<String> describeInputs() {
        return inputs.stream()
                .map(input -> input.input() + ": " + input.records()
                        + (input.description().isEmpty() ? "" : " (" + input.description() + ")"))
                .toList();
    }

    /** Replaces what is told of the inputs. */
    void setInputs(List<InputInfo> newInputs) {
        inputs = newInputs;
    }

    void put(OutputInfo output) {
        outputs.put(output.output(), output);
    }

    void noteFailure(@Nullable Throwable failure) {
        if (failure != null) {
            failureReason = failure.toString();
        }
    }

    BatchInfo info() {
        return new BatchInfo(
                pipeline,
                time,
                status,
                inputs,
                submissionTime,
                startTime,
                endTime,
                new ArrayList<>(outputs.values()),
                failureReason);
    }
}
