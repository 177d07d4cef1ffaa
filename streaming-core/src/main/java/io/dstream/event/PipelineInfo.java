package io.dstream.event;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline as it is now.
 *
 * @param pipeline its name
 * @param state what it does
 * @param batchInterval its batch interval
 * @param batchesWaiting batches allocated and not ended
 * @param receivers its receivers, in the order of their inputs
 * @param rates its inputs whose rates are limited at the moment, in the order of their definition
 * @param writeAheadLogBytes the size of the files of its write-ahead log; 0 if there are none
 * @param problem what it waits for or halted on; null if there is nothing
 */
public record PipelineInfo(
        String pipeline,
        State state,
        Duration batchInterval,
        int batchesWaiting,
        List<ReceiverInfo> receivers,
        List<RateInfo> rates,
        long writeAheadLogBytes,
        @Nullable Throwable problem) {

    /** What a pipeline does. */
    public enum State {
        /** Defined, not started yet. */
        INITIALIZED,
        /** Making and running batches. */
        ACTIVE,
        /** Started, but its surroundings are away: the batch at hand is tried again until they are back. */
        WAITING,
        /** Told to stop: runs what it has accepted. */
        STOPPING,
        /** Stopped; can be started again. */
        STOPPED,
        /** Halted by a failure, its inputs uncommitted; can be started again. */
        FAILED;

        /** Whether a run of the pipeline is over. */
        public boolean isEnd() {
            return this == STOPPED || this == FAILED;
        }
    }

    public PipelineInfo {
        receivers = List.copyOf(receivers);
        rates = List.copyOf(rates);
    }
}
