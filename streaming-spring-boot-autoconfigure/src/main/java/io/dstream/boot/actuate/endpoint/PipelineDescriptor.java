package io.dstream.boot.actuate.endpoint;

import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo;
import io.dstream.event.RateInfo;
import io.dstream.event.ReceiverInfo;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint shows of a pipeline.
 *
 * @param name its name
 * @param state what it does
 * @param batchInterval its batch interval in milliseconds
 * @param batchesWaiting batches allocated and not ended
 * @param problem what it waits for or halted on; null if there is nothing
 * @param receivers its receivers, in the order of their inputs
 * @param rates its inputs whose rates are limited at the moment, in the order of their definition
 * @param batches its last batches, newest first
 */
public record PipelineDescriptor(
        String name,
        PipelineInfo.State state,
        long batchInterval,
        int batchesWaiting,
        @Nullable String problem,
        List<ReceiverDescriptor> receivers,
        List<RateDescriptor> rates,
        List<BatchDescriptor> batches)
        implements OperationResponseBody {

    static PipelineDescriptor of(StreamingContext pipeline, int maxBatches) {
        PipelineInfo info = pipeline.info();
        return new PipelineDescriptor(
                info.pipeline(),
                info.state(),
                info.batchInterval().toMillis(),
                info.batchesWaiting(),
                Objects.toString(info.problem(), null),
                info.receivers().stream().map(ReceiverDescriptor::of).toList(),
                info.rates().stream().map(RateDescriptor::of).toList(),
                pipeline.batches().stream()
                        .limit(maxBatches)
                        .map(BatchDescriptor::of)
                        .toList());
    }

    /**
     * What the endpoint shows of an input whose rate is limited.
     *
     * @param input its id
     * @param recordsPerSecond how many records per second it may take in
     */
    public record RateDescriptor(String input, long recordsPerSecond) {

        static RateDescriptor of(RateInfo rate) {
            return new RateDescriptor(rate.input(), rate.recordsPerSecond());
        }
    }

    /**
     * What the endpoint shows of a receiver.
     *
     * @param input the id of the input it feeds
     * @param receiver the name of its class
     * @param state what it does
     * @param active whether it is started
     * @param restarts how often it was restarted since the pipeline started
     * @param bytesInMemory how many bytes of memory, by estimate, the records take that it has stored and whose batches have not
     *     ended
     * @param bytesOnDisk how many bytes the files of such records have
     * @param lastError the last error it met or reported; null if none
     * @param lastErrorTime when that was, in milliseconds since 1970-01-01T00:00:00Z; null if none
     */
    public record ReceiverDescriptor(
            String input,
            String receiver,
            ReceiverInfo.State state,
            boolean active,
            long restarts,
            long bytesInMemory,
            long bytesOnDisk,
            @Nullable String lastError,
            @Nullable Long lastErrorTime) {

        static ReceiverDescriptor of(ReceiverInfo receiver) {
            return new ReceiverDescriptor(
                    receiver.input(),
                    receiver.receiver(),
                    receiver.state(),
                    receiver.active(),
                    receiver.restarts(),
                    receiver.bytesInMemory(),
                    receiver.bytesOnDisk(),
                    receiver.lastError(),
                    receiver.lastErrorTime() == null
                            ? null
                            : receiver.lastErrorTime().toEpochMilli());
        }
    }
}
