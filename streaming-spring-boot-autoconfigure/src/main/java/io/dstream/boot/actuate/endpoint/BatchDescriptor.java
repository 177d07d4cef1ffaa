package io.dstream.boot.actuate.endpoint;

import io.dstream.event.BatchInfo;
import io.dstream.event.InputInfo;
import io.dstream.event.OutputInfo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint shows of a batch. All delays are in milliseconds.
 *
 * @param time its batch time, in milliseconds since 1970-01-01T00:00:00Z
 * @param status how far it has come
 * @param records the records of all its inputs together
 * @param inputs its inputs, in order of definition
 * @param schedulingDelay how long it waited before it began; null before
 * @param processingDelay how long it ran; null before its end
 * @param totalDelay from submission to end; null before its end
 * @param outputs its output operations begun so far, in order of definition
 * @param failureReason the last failure it met; null if none
 */
public record BatchDescriptor(
        long time,
        BatchInfo.Status status,
        long records,
        List<InputDescriptor> inputs,
        @Nullable Double schedulingDelay,
        @Nullable Double processingDelay,
        @Nullable Double totalDelay,
        List<OutputDescriptor> outputs,
        @Nullable String failureReason)
        implements OperationResponseBody {

    static BatchDescriptor of(BatchInfo batch) {
        return new BatchDescriptor(
                batch.batchTime().toEpochMilli(),
                batch.status(),
                batch.numRecords(),
                batch.inputs().stream().map(InputDescriptor::of).toList(),
                millis(batch.schedulingDelay()),
                millis(batch.processingDelay()),
                millis(batch.totalDelay()),
                batch.outputs().stream().map(OutputDescriptor::of).toList(),
                batch.failureReason());
    }

    private static @Nullable Double millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos() / 1e6;
    }

    /**
     * What the endpoint shows of an input in a batch.
     *
     * @param input its id in the pipeline
     * @param records how many records it gave
     * @param description where they came from, and what was left out; empty if there is nothing to tell
     */
    public record InputDescriptor(String input, long records, String description) {

        static InputDescriptor of(InputInfo input) {
            return new InputDescriptor(input.input(), input.records(), input.description());
        }
    }

    /**
     * What the endpoint shows of an output operation in a batch.
     *
     * @param output its id in the pipeline
     * @param duration how long its last run took, in milliseconds; null while it runs
     * @param failureReason why that failed; null if it did not
     */
    public record OutputDescriptor(
            String output,
            @Nullable Double duration,
            @Nullable String failureReason) {

        static OutputDescriptor of(OutputInfo output) {
            return new OutputDescriptor(output.output(), millis(output.duration()), output.failureReason());
        }
    }
}
