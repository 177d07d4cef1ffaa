package io.dstream.kafka;

import java.time.Duration;
import java.util.Map;

/**
 * What an offset store is told when it is opened.
 *
 * @param pipeline the name of the stream's pipeline
 * @param input its id in the pipeline, such as {@code kafka-0}
 * @param group the group whose offsets are kept: the {@code group.id} of the stream's consumers
 * @param consumerConfig the configuration of the stream's consumers; may have secrets in it
 * @param timeout how long a request may take before its system counts as away
 */
public record OffsetStoreContext(
        String pipeline, String input, String group, Map<String, Object> consumerConfig, Duration timeout) {

    public OffsetStoreContext {
        consumerConfig = Map.copyOf(consumerConfig);
    }

    /** The stream, for people; nothing of the configuration is in it. */
    @Override
    public String toString() {
        return "'" + input + "' of pipeline '" + pipeline + "', group '" + group + "'";
    }
}
