package io.dstream.kafka;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How a direct stream is.
 *
 * @param pipeline the name of its pipeline
 * @param input its id in the pipeline, such as {@code kafka-0}
 * @param bootstrapServers where its brokers are
 * @param lag by partition, how many offsets there were behind the last batch when that was made;
 *     in a backlog that is read at maximum rates, as it was known up to a second before
 * @param lostRecords how many offsets were passed over since the start because their records were gone
 * @param skippedRecords how many records have failed since the start and were skipped
 * @param deadLetters how many records have failed since the start and are dead letters; each counts once in its batch, however many
 *     outputs have met it
 * @param problem why it cannot reach its brokers; null if it can
 * @param commitProblem why the last offsets could not be committed to its group; null if they could
 */
public record DirectStreamInfo(
        String pipeline,
        String input,
        String bootstrapServers,
        Map<TopicPartition, Long> lag,
        long lostRecords,
        long skippedRecords,
        long deadLetters,
        @Nullable String problem,
        @Nullable String commitProblem) {

    public DirectStreamInfo {
        lag = Map.copyOf(lag);
    }
}
