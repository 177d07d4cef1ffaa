package io.dstream.boot.actuate.endpoint;

import io.dstream.StreamingContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Shows pipelines and their last batches; nothing of their records.
 *
 * <p>Thread-safe.
 */
@Endpoint(id = "streaming")
public final class StreamingEndpoint {

    private static final int FEW_BATCHES = 10;
    private static final int MANY_BATCHES = 100;

    private final StreamingContext root;

    /**
     * @param root the root context of the pipelines
     */
    public StreamingEndpoint(StreamingContext root) {
        this.root = root;
    }

    /** All pipelines, each with its last ten batches. */
    @ReadOperation
    public PipelinesDescriptor pipelines() {
        return new PipelinesDescriptor(root.pipelines().stream()
                .map(pipeline -> PipelineDescriptor.of(pipeline, FEW_BATCHES))
                .toList());
    }

    /**
     * A pipeline with its last hundred batches.
     *
     * @return null if there is no such pipeline
     */
    @ReadOperation
    public @Nullable PipelineDescriptor pipeline(@Selector String pipeline) {
        return find(pipeline)
                .map(context -> PipelineDescriptor.of(context, MANY_BATCHES))
                .orElse(null);
    }

    /**
     * A batch of a pipeline.
     *
     * @param part {@code batches}: the part of the pipeline that is asked for
     * @param time the batch's time, in milliseconds since 1970-01-01T00:00:00Z
     * @return null if the pipeline or the batch is not known, or not any more
     */
    @ReadOperation
    public @Nullable BatchDescriptor batch(@Selector String pipeline, @Selector String part, @Selector long time) {
        return find(pipeline).stream()
                .filter(context -> part.equals("batches"))
                .flatMap(context -> context.batches().stream())
                .filter(batch -> batch.batchTime().toEpochMilli() == time)
                .findFirst()
                .map(BatchDescriptor::of)
                .orElse(null);
    }

    private Optional<StreamingContext> find(String pipeline) {
        return root.pipelines().stream()
                .filter(context -> context.name().equals(pipeline))
                .findFirst();
    }

    /**
     * All pipelines.
     *
     * @param pipelines in the order of their definition
     */
    public record PipelinesDescriptor(List<PipelineDescriptor> pipelines) implements OperationResponseBody {}
}
