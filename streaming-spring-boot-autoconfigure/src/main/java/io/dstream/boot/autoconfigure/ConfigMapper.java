package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.boot.autoconfigure.StreamingProperties.Backpressure;
import io.dstream.boot.autoconfigure.StreamingProperties.Failure;
import io.dstream.boot.autoconfigure.StreamingProperties.Kafka;
import io.dstream.boot.autoconfigure.StreamingProperties.Pipeline;
import io.dstream.boot.autoconfigure.StreamingProperties.Receiver;
import io.dstream.boot.autoconfigure.StreamingProperties.Shutdown;
import io.dstream.boot.autoconfigure.StreamingProperties.Storage;
import io.dstream.input.BackpressureSettings;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.scheduler.FailureSettings;
import io.dstream.storage.StorageSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import org.springframework.util.unit.DataSize;

/** Changes a configuration as the properties below a prefix say; a value that is refused is told by its property. */
final class ConfigMapper {

    private static final String PREFIX = "streaming.";
    private static final String KAFKA = "io.dstream.kafka.KafkaSettings";

    private final String prefix;

    private ConfigMapper(String prefix) {
        this.prefix = prefix;
    }

    /**
     * The configuration of the root context.
     *
     * @throws InvalidPropertyException if a value is refused
     */
    static StreamingConfig rootConfig(StreamingProperties properties) {
        ConfigMapper mapper = new ConfigMapper(PREFIX);
        StreamingConfig config = mapper.change(StreamingConfig.defaults(), properties.common());
        config = config.withStorage(mapper.change(config.storage(), properties.storage()));
        for (Map.Entry<String, String> alias : properties.checkpoint().aliases().entrySet()) {
            config = mapper.set(
                    config,
                    "checkpoint.aliases[" + alias.getKey() + "]",
                    alias.getValue(),
                    (from, name) -> from.withAlias(alias.getKey(), classOf(name)));
        }
        return mapper.set(config, "parallelism", properties.parallelism(), StreamingConfig::withParallelism);
    }

    /**
     * The configuration of a pipeline: that of the root context with its own changes.
     *
     * @throws InvalidPropertyException if a value is refused
     */
    static StreamingConfig pipelineConfig(StreamingConfig root, String pipeline, StreamingProperties properties) {
        Pipeline own = properties.pipelines().get(pipeline);
        if (own == null) {
            return root;
        }
        ConfigMapper mapper = new ConfigMapper(PipelineProperty.prefix(pipeline));
        own.checkpoint().aliases().keySet().forEach(mapper::refuseAlias);
        return mapper.change(root, own);
    }

    /** Classes are the same in all pipelines. */
    private void refuseAlias(String name) {
        throw new InvalidPropertyException(
                prefix + "checkpoint.aliases[" + name + "]",
                new IllegalArgumentException(
                        "'aliases' must be set for all pipelines: streaming.checkpoint.aliases[" + name + "]"));
    }

    private static Class<?> classOf(String name) {
        try {
            return ClassUtils.forName(name, null);
        } catch (ClassNotFoundException | LinkageError failure) {
            throw new IllegalArgumentException(
                    "'alias' must be the name of a class that is there, such as com.example.Order", failure);
        }
    }

    private StreamingConfig change(StreamingConfig base, Pipeline to) {
        StreamingConfig config = base;
        config = set(config, "batch-interval", to.batchInterval(), StreamingConfig::withBatchInterval);
        config = set(config, "max-records-per-batch", to.maxRecordsPerBatch(), StreamingConfig::withMaxRecordsPerBatch);
        config = set(config, "checkpoint.directory", to.checkpoint().directory(), ConfigMapper::withDirectory);
        set(config, "checkpoint.verify", to.checkpoint(), (from, checkpoint) -> {
            checkpoint.isVerified(); // refuses what is neither true nor false
            return from;
        });
        config = set(config, "checkpoint.retain", to.checkpoint().retain(), StreamingConfig::withCheckpointRetain);
        config = set(
                config,
                "write-ahead-log.enabled",
                to.writeAheadLog().enabled(),
                (from, value) -> from.withWriteAheadLog(StreamingProperties.isOn("enabled", value)));
        if (ClassUtils.isPresent(KAFKA, null)) {
            config = KafkaConfigMapper.change(config, to.kafka(), this);
        } else {
            refuse(config, to.kafka());
        }
        return config.withReceiver(change(config.receiver(), to.receiver()))
                .withBackpressure(change(config.backpressure(), to.backpressure()))
                .withFailure(change(config.failure(), to.failure()))
                .withShutdown(change(config.shutdown(), to.shutdown()));
    }

    /** Nothing that is set is passed over in silence. */
    private void refuse(StreamingConfig config, Kafka withoutModule) {
        set(config, "kafka.max-rate-per-partition", withoutModule.maxRatePerPartition(), ConfigMapper::refused);
        set(config, "kafka.min-rate-per-partition", withoutModule.minRatePerPartition(), ConfigMapper::refused);
        set(config, "kafka.lost-offsets", withoutModule.lostOffsets(), ConfigMapper::refused);
        set(config, "kafka.commit-offsets", withoutModule.commitOffsets(), ConfigMapper::refused);
        set(config, "kafka.discovery-interval", withoutModule.discoveryInterval(), ConfigMapper::refused);
    }

    private static StreamingConfig refused(StreamingConfig config, Object value) {
        throw new IllegalArgumentException(
                "'kafka' needs the module io.dstream:streaming-kafka, which is not on the class path");
    }

    private ReceiverSettings change(ReceiverSettings base, Receiver to) {
        ReceiverSettings settings = base;
        settings = set(settings, "receiver.block-interval", to.blockInterval(), ReceiverSettings::withBlockInterval);
        settings = set(settings, "receiver.restart-delay", to.restartDelay(), ReceiverSettings::withRestartDelay);
        settings = set(settings, "receiver.max-rate", to.maxRate(), ReceiverSettings::withMaxRate);
        settings = set(
                settings, "receiver.max-memory", to.maxMemory(), (from, value) -> from.withMaxMemory(value.toBytes()));
        settings = set(settings, "receiver.max-disk", to.maxDisk(), (from, value) -> from.withMaxDisk(value.toBytes()));
        settings = set(
                settings,
                "receiver.max-line-length",
                to.maxLineLength(),
                (from, value) -> from.withMaxLineLength(intBytes("maxLineLength", value)));
        settings = set(
                settings,
                "receiver.max-frame-length",
                to.maxFrameLength(),
                (from, value) -> from.withMaxFrameLength(intBytes("maxFrameLength", value)));
        return set(settings, "receiver.read-timeout", to.readTimeout(), ReceiverSettings::withReadTimeout);
    }

    private StorageSettings change(StorageSettings base, Storage to) {
        StorageSettings settings = base;
        settings = set(settings, "storage.directory", to.directory(), StorageSettings::withDirectory);
        return set(
                settings, "storage.max-memory", to.maxMemory(), (from, value) -> from.withMaxMemory(value.toBytes()));
    }

    private BackpressureSettings change(BackpressureSettings base, Backpressure to) {
        BackpressureSettings settings = base;
        settings = set(
                settings,
                "backpressure.enabled",
                to.enabled(),
                (from, value) -> from.withEnabled(StreamingProperties.isOn("enabled", value)));
        settings = set(settings, "backpressure.initial-rate", to.initialRate(), BackpressureSettings::withInitialRate);
        settings = set(settings, "backpressure.min-rate", to.minRate(), BackpressureSettings::withMinRate);
        return settings.withPid(change(settings.pid(), to.pid()));
    }

    private BackpressureSettings.Pid change(BackpressureSettings.Pid base, Backpressure.Pid to) {
        BackpressureSettings.Pid pid = base;
        pid = set(
                pid,
                "backpressure.pid.proportional",
                to.proportional(),
                (from, value) -> new BackpressureSettings.Pid(value, from.integral(), from.derivative()));
        pid = set(
                pid,
                "backpressure.pid.integral",
                to.integral(),
                (from, value) -> new BackpressureSettings.Pid(from.proportional(), value, from.derivative()));
        return set(
                pid,
                "backpressure.pid.derivative",
                to.derivative(),
                (from, value) -> new BackpressureSettings.Pid(from.proportional(), from.integral(), value));
    }

    private FailureSettings change(FailureSettings base, Failure to) {
        FailureSettings settings = base;
        settings = set(
                settings,
                "failure.policy",
                to.policy(),
                (from, value) -> new FailureSettings(value, from.maxAttempts(), from.backoff(), from.surroundings()));
        settings = set(
                settings,
                "failure.max-attempts",
                to.maxAttempts(),
                (from, value) -> new FailureSettings(from.policy(), value, from.backoff(), from.surroundings()));
        return set(
                settings,
                "failure.backoff",
                to.backoff(),
                (from, value) -> new FailureSettings(from.policy(), from.maxAttempts(), value, from.surroundings()));
    }

    private StreamingConfig.Shutdown change(StreamingConfig.Shutdown base, Shutdown to) {
        StreamingConfig.Shutdown shutdown = base;
        shutdown = set(
                shutdown,
                "shutdown.graceful",
                to.graceful(),
                (from, value) -> new StreamingConfig.Shutdown(value, from.timeout()));
        return set(
                shutdown,
                "shutdown.timeout",
                to.timeout(),
                (from, value) -> new StreamingConfig.Shutdown(from.graceful(), value));
    }

    /** Changes one value, unless it is not set. */
    <C, V> C set(C base, String key, @Nullable V value, BiFunction<C, V, C> change) {
        if (value == null) {
            return base;
        }
        try {
            return change.apply(base, value);
        } catch (IllegalArgumentException refusal) {
            throw new InvalidPropertyException(prefix + key, refusal);
        }
    }

    /** A pipeline may have none where others have one: the value is empty then. */
    private static StreamingConfig withDirectory(StreamingConfig config, String directory) {
        try {
            return config.withCheckpointDirectory(directory.isBlank() ? null : Path.of(directory));
        } catch (InvalidPathException refusal) {
            throw new IllegalArgumentException("'directory' must be a path: " + refusal.getMessage(), refusal);
        }
    }

    private static int intBytes(String name, DataSize size) {
        if (size.toBytes() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("'" + name + "' must be less than 2 GB, but was " + size);
        }
        return (int) size.toBytes();
    }
}
