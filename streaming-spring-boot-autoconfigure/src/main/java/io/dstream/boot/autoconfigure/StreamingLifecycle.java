package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.RestoredPart;
import io.dstream.event.RestoredPart.Outcome;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the pipelines with the application.
 *
 * <p>In its phase web requests, which may feed a stream, have been answered before the stop, and the web servers are still
 * up, so that health and metrics can be watched meanwhile.
 */
final class StreamingLifecycle implements SmartLifecycle {

    static final int PHASE = Integer.MAX_VALUE - 1024 - 256;

    private static final Logger log = LoggerFactory.getLogger(StreamingLifecycle.class);

    private final StreamingContext root;
    private final StreamingProperties properties;
    private final ObjectProvider<DefinedPipeline> defined;
    private final @Nullable LifecycleProperties spring;

    // Mutable state
    private volatile boolean started;

    StreamingLifecycle(
            StreamingContext root,
            StreamingProperties properties,
            ObjectProvider<DefinedPipeline> defined,
            @Nullable LifecycleProperties spring) {
        this.root = root;
        this.properties = properties;
        this.defined = defined;
        this.spring = spring;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** Starts the pipelines that are to be started with the application. */
    @Override
    public void start() {
        started = true;
        List<StreamingContext> pipelines = root.pipelines();
        if (pipelines.isEmpty()) {
            log.warn("There is no pipeline: annotate a StreamDefinition bean with @StreamPipeline to have one");
        }
        pipelines.forEach(this::warnIfCutOff);
        requireNoneRefused(pipelines.stream()
                .filter(pipeline -> properties.isVerified(pipeline.name()))
                .flatMap(pipeline -> verify(pipeline).map(part -> "Pipeline '" + pipeline.name() + "': " + part))
                .toList());
        pipelines.stream()
                .filter(pipeline ->
                        properties.isAutoStartup(pipeline.name()) && !properties.isVerified(pipeline.name()))
                .forEach(this::start);
    }

    /** Tells what a start would do, and gives what it would be refused for. */
    private static Stream<RestoredPart> verify(StreamingContext pipeline) {
        List<RestoredPart> parts = pipeline.restoredParts();
        log.info(
                "Pipeline '{}' is not started, because streaming.checkpoint.verify is set. What it would do with {}:",
                pipeline.name(),
                Objects.requireNonNullElse(pipeline.config().checkpointDirectory(), "no checkpoint directory"));
        if (parts.isEmpty()) {
            log.info("Pipeline '{}' has no states and no windows, and the checkpoint has none of it", pipeline.name());
        }
        parts.forEach(part -> log.info("Pipeline '{}': {}", pipeline.name(), part));
        return parts.stream().filter(part -> part.outcome() == Outcome.REFUSED);
    }

    /** The application ends as it would if they were started. */
    private static void requireNoneRefused(List<String> refused) {
        if (!refused.isEmpty()) {
            throw new RefusedCheckpointException(refused);
        }
    }

    /** Whether all pipelines there are were looked at in place of being started, so that there is nothing left to do. */
    boolean hasOnlyVerified() {
        List<StreamingContext> pipelines = root.pipelines();
        return !pipelines.isEmpty() && pipelines.stream().allMatch(pipeline -> properties.isVerified(pipeline.name()));
    }

    /** Stops all pipelines side by side, each as it is configured, and waits for their end. */
    @Override
    public void stop() {
        CompletableFuture.allOf(root.pipelines().stream()
                        .map(pipeline -> CompletableFuture.runAsync(pipeline::stop, StreamingLifecycle::onOwnThread))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    @Override
    public void stop(Runnable callback) {
        onOwnThread(() -> {
            try {
                stop();
            } finally {
                callback.run();
            }
        });
    }

    /** Whether this has started the pipelines and one has not ended; one that the application has started does not count. */
    @Override
    public boolean isRunning() {
        return started
                && root.pipelines().stream()
                        .map(pipeline -> pipeline.info().state())
                        .anyMatch(state -> state != State.INITIALIZED && !state.isEnd());
    }

    private void start(StreamingContext pipeline) {
        try {
            pipeline.start();
        } catch (IllegalArgumentException refusal) {
            throw InvalidPipelineException.incomplete(pipeline.name(), definer(pipeline), refusal);
        } catch (RuntimeException failure) {
            throw new IllegalStateException(
                    "Pipeline '" + pipeline.name() + "', defined by " + definer(pipeline) + ", does not start",
                    failure);
        }
    }

    private String definer(StreamingContext pipeline) {
        return defined.stream()
                .filter(candidate -> candidate.context() == pipeline)
                .map(candidate -> candidate.definer().toString())
                .findFirst()
                .orElse("the application's own use of the StreamingContext");
    }

    private void warnIfCutOff(StreamingContext pipeline) {
        StreamingConfig.Shutdown shutdown = pipeline.config().shutdown();
        if (spring != null
                && shutdown.graceful()
                && shutdown.timeout().compareTo(spring.getTimeoutPerShutdownPhase()) >= 0) {
            log.warn(
                    "Pipeline '{}' may take {} ms to stop, but after {} ms Spring goes on closing the application, under"
                            + " running batches. Make streaming.shutdown.timeout, or that of the pipeline, shorter than"
                            + " spring.lifecycle.timeout-per-shutdown-phase",
                    pipeline.name(),
                    shutdown.timeout().toMillis(),
                    spring.getTimeoutPerShutdownPhase().toMillis());
        }
    }

    /** A plain thread: one of the library's own would not wait for the pipelines' end. */
    private static void onOwnThread(Runnable work) {
        new Thread(work, "streaming-shutdown").start();
    }
}
