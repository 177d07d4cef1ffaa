package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.scheduler.FailureSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Configuration properties for streaming. What is null is not set: a pipeline then has what all pipelines have, and these
 * have the defaults of {@link StreamingConfig}.
 *
 * @param batchInterval Time between batches.
 * @param parallelism Number of tasks that run at once, and of partitions that a shuffle goes into. As many as there are
 *     processors if not set.
 * @param autoStartup Whether pipelines are started with the application.
 * @param maxRecordsPerBatch Number of records that an input may give to one batch. Further records wait, in order.
 * @param receiver Behavior of receivers.
 * @param backpressure Adaption of the rate of inputs to that of the batches.
 * @param kafka Behavior of streams of Kafka topics.
 * @param checkpoint What survives the end of the process.
 * @param writeAheadLog Log of records that cannot be read again from where they came.
 * @param storage Keeping of rows that do not stay in memory.
 * @param failure Handling of batches that fail.
 * @param shutdown Manner of stopping.
 * @param pipelines Settings of single pipelines, by name. Whatever is not set is as for all pipelines.
 */
@ConfigurationProperties(prefix = "streaming", ignoreUnknownFields = false)
public record StreamingProperties(
        @Nullable Duration batchInterval,
        @Nullable Integer parallelism,
        @Nullable Boolean autoStartup,
        @Nullable Integer maxRecordsPerBatch,
        @DefaultValue Receiver receiver,
        @DefaultValue Backpressure backpressure,
        @DefaultValue Kafka kafka,
        @DefaultValue Checkpoint checkpoint,
        @DefaultValue WriteAheadLog writeAheadLog,
        @DefaultValue Storage storage,
        @DefaultValue Failure failure,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Map<String, Pipeline> pipelines) {

    /** What a pipeline has unless it has its own. */
    Pipeline common() {
        return new Pipeline(
                batchInterval,
                autoStartup,
                maxRecordsPerBatch,
                receiver,
                backpressure,
                kafka,
                checkpoint,
                writeAheadLog,
                failure,
                shutdown);
    }

    /** Whether a pipeline is started with the application. */
    boolean isAutoStartup(String pipeline) {
        Pipeline own = pipelines.getOrDefault(pipeline, common());
        Boolean chosen = own.autoStartup() == null ? autoStartup : own.autoStartup();
        return chosen == null || chosen;
    }

    /** Whether a pipeline is not started, but it is told what would become of its states and windows. */
    boolean isVerified(String pipeline) {
        Pipeline own = pipelines.getOrDefault(pipeline, common());
        Boolean chosen = own.checkpoint().isVerified();
        return Boolean.TRUE.equals(chosen == null ? checkpoint.isVerified() : chosen);
    }

    /**
     * A switch, in the words that Spring knows. It is not left to Spring, which takes one without a value for one that is not set, so
     * that what was meant to be on would silently be off.
     *
     * @param name that of the property, for errors
     * @param text what was set
     * @throws IllegalArgumentException if the text is neither true nor false
     */
    static boolean isOn(String name, String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true", "on", "yes", "1" -> true;
            case "false", "off", "no", "0" -> false;
            default ->
                throw new IllegalArgumentException("'" + name + "' must be true or false, but was '" + text + "'");
        };
    }

    /**
     * Settings of a pipeline.
     *
     * @param batchInterval Time between batches.
     * @param autoStartup Whether the pipeline is started with the application.
     * @param maxRecordsPerBatch Number of records that an input may give to one batch. Further records wait, in order.
     * @param receiver Behavior of receivers.
     * @param backpressure Adaption of the rate of inputs to that of the batches.
     * @param kafka Behavior of streams of Kafka topics.
     * @param checkpoint What survives the end of the process.
     * @param writeAheadLog Log of records that cannot be read again from where they came.
     * @param failure Handling of batches that fail.
     * @param shutdown Manner of stopping.
     */
    public record Pipeline(
            @Nullable Duration batchInterval,
            @Nullable Boolean autoStartup,
            @Nullable Integer maxRecordsPerBatch,
            @DefaultValue Receiver receiver,
            @DefaultValue Backpressure backpressure,
            @DefaultValue Kafka kafka,
            @DefaultValue Checkpoint checkpoint,
            @DefaultValue WriteAheadLog writeAheadLog,
            @DefaultValue Failure failure,
            @DefaultValue Shutdown shutdown) {}

    /**
     * Behavior of receivers.
     *
     * @param blockInterval Time after which received records are cut into a block. Never longer than the batch interval.
     * @param restartDelay Time before a failed receiver is first restarted. Doubled while restarts fail, up to a minute.
     * @param maxRate Records per second that a receiver may store. Any number if not set.
     * @param maxMemory Memory, by estimate, for the records of a receiver whose batches have not ended. An eighth of the heap if
     *     not set. After that the receiver waits, or its blocks go to files, as its storage level says.
     * @param maxDisk Size of the files of a receiver after which it waits.
     * @param maxLineLength Length that a line of text may have. Longer lines are dropped and reported.
     * @param maxFrameLength Length that a frame may have. A longer one ends the connection.
     * @param readTimeout Time for which a server may send nothing before it is connected anew. Any time if not set.
     */
    public record Receiver(
            @Nullable Duration blockInterval,
            @Nullable Duration restartDelay,
            @Nullable Long maxRate,
            @Nullable DataSize maxMemory,
            @Nullable DataSize maxDisk,
            @Nullable DataSize maxLineLength,
            @Nullable DataSize maxFrameLength,
            @Nullable Duration readTimeout) {}

    /**
     * Adaption of the rate of inputs to that of the batches.
     *
     * @param enabled Whether inputs take in no more records per second than the last batches have processed.
     * @param initialRate Records per second that each input may take in until there is an estimate.
     * @param minRate Records per second below which no estimate falls.
     * @param pid Weights of the estimate.
     */
    public record Backpressure(
            @Nullable String enabled,
            @Nullable Long initialRate,
            @Nullable Long minRate,
            @DefaultValue Pid pid) {

        /**
         * Weights of the estimate.
         *
         * @param proportional How far a rate goes at once to that of the last batch, where 1 is all the way.
         * @param integral How much a rate stays below that while batches wait.
         * @param derivative How much a fast change slows a rate down.
         */
        public record Pid(
                @Nullable Double proportional,
                @Nullable Double integral,
                @Nullable Double derivative) {}
    }

    /**
     * Behavior of streams of Kafka topics. Needs the module streaming-kafka.
     *
     * @param maxRatePerPartition Records per second that each partition may give. Any number if not set.
     * @param minRatePerPartition Records that each partition may give to a batch, however low its rate is.
     * @param lostOffsets What happens when records are gone before they were read.
     * @param commitOffsets Whether offsets are committed to the consumers' group when their batch is. If not, a stream commits what
     *     it is told to.
     * @param discoveryInterval Time for which new topics and partitions may go unnoticed.
     */
    public record Kafka(
            @Nullable Long maxRatePerPartition,
            @Nullable Long minRatePerPartition,
            @Nullable LostOffsets lostOffsets,
            @Nullable Boolean commitOffsets,
            @Nullable Duration discoveryInterval) {

        /** As that of the module, which may be absent. */
        public enum LostOffsets {
            /** Fail the batch. */
            FAIL,
            /** Go on at the first record there is. */
            EARLIEST,
            /** Go on behind the last record there is. */
            LATEST
        }
    }

    /**
     * What survives the end of the process.
     *
     * @param directory Directory with a directory for each pipeline, from which it goes on after a restart. Nothing is kept
     *     if not set.
     * @param retain Number of batches for which something is kept that the definition of the pipeline does not have any more.
     * @param verify Whether nothing is started, and the log tells what would become of states and windows if it were. The
     *     application ends then.
     * @param aliases Classes that were renamed or moved, by the names they had when they were written. The same for all pipelines.
     */
    public record Checkpoint(
            @Nullable String directory,
            @Nullable Integer retain,
            @Nullable String verify,
            @DefaultValue Map<String, String> aliases) {

        /** Whether it is set, and how; null if it is not. */
        @Nullable
        Boolean isVerified() {
            if (verify == null) {
                return null;
            }
            return verify.isEmpty() || isOn("verify", verify); // --streaming.checkpoint.verify has no value
        }
    }

    /**
     * Log of records that cannot be read again from where they came.
     *
     * @param enabled Whether records of receivers and queues are written to the checkpoint directory before they count as
     *     stored, so that they survive a crash.
     */
    public record WriteAheadLog(@Nullable String enabled) {}

    /**
     * Keeping of rows that do not stay in memory.
     *
     * @param directory Directory in which directories for files are made. That for temporary files if not set.
     * @param maxMemory Memory, by estimate, for persisted rows of the storage level MEMORY_AND_DISK. A quarter of the heap if
     *     not set.
     */
    public record Storage(
            @Nullable Path directory, @Nullable DataSize maxMemory) {}

    /**
     * Handling of batches that fail.
     *
     * @param policy Reaction to a batch that has failed in every attempt.
     * @param maxAttempts Number of times that a batch is tried.
     * @param backoff Time before the second attempt. Doubled with every further one, up to a minute.
     */
    public record Failure(
            FailureSettings.@Nullable Policy policy,
            @Nullable Integer maxAttempts,
            @Nullable Duration backoff) {}

    /**
     * Manner of stopping.
     *
     * @param graceful Whether everything that was accepted is run and committed before the end.
     * @param timeout Time that a graceful stop may take. Has to be shorter than
     *     spring.lifecycle.timeout-per-shutdown-phase.
     */
    public record Shutdown(
            @Nullable Boolean graceful, @Nullable Duration timeout) {}
}
