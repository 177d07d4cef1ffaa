package io.dstream.event;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch as far as it has come.
 *
 * @param pipeline the pipeline's name
 * @param batchTime the batch's time, the end of the interval whose records it holds
 * @param status how far it has come
 * @param inputs what each input contributed
 * @param submissionTime when its records were allocated and it began to wait
 * @param processingStartTime when it began to run; null before
 * @param processingEndTime when it ended; null before
 * @param outputs its output operations begun so far, in order of definition
 * @param failureReason the last failure it met; null if none, and kept if a later attempt succeeded
 */
public record BatchInfo(
        String pipeline,
        Instant batchTime,
        Status status,
        List<InputInfo> inputs,
        Instant submissionTime,
        @Nullable Instant processingStartTime,
        @Nullable Instant processingEndTime,
        List<OutputInfo> outputs,
        @Nullable String failureReason) {

    /** How far a batch has come; every batch ends as exactly one of the last three. */
    public enum Status {
        /** Allocated, waiting for the batches before it. */
        QUEUED,
        /** Planned, running, waiting for its surroundings or for another attempt. */
        PROCESSING,
        /** All outputs succeeded and the batch is committed. */
        COMMITTED,
        /** Given up and committed without effect, because the failure policy is to skip. */
        SKIPPED,
        /** Given up; the pipeline has halted, because the failure policy is to stop. */
        FAILED;

        public boolean isEnd() {
            return this == COMMITTED || this == SKIPPED || this == FAILED;
        }
    }

    public BatchInfo {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
    }

    /** The records of all inputs together. */
    public long numRecords() {
        return inputs.stream().mapToLong(InputInfo::records).sum();
    }

    /** How long the batch waited before it began; null before. */
    public @Nullable Duration schedulingDelay() {
        return processingStartTime == null ? null : Duration.between(submissionTime, processingStartTime);
    }

    /** How long the batch ran; null before its end. */
    public @Nullable Duration processingDelay() {
        return processingStartTime == null || processingEndTime == null
                ? null
                : Duration.between(processingStartTime, processingEndTime);
    }

    /** From submission to end; null before its end. */
    public @Nullable Duration totalDelay() {
        return processingEndTime == null ? null : Duration.between(submissionTime, processingEndTime);
    }
}
