package io.dstream.graph;

import io.dstream.function.VoidFunction2;
import io.dstream.output.BatchSink;
import io.dstream.rdd.RDD;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a stream's RDD in every batch.
 *
 * <p>Immutable, and told apart by identity.
 */
public final class OutputOperation {

    private final String kind;
    private final Node stream;
    private final VoidFunction2<RDD<?>, Instant> body;
    private final AutoCloseable resource;
    private final @Nullable BatchSink<?> sink;

    /** One that holds nothing between batches. */
    public OutputOperation(String kind, Node stream, VoidFunction2<RDD<?>, Instant> body) {
        this(kind, stream, body, () -> {});
    }

    /**
     * @param kind what the operation is called, such as {@code print}: the first part of its id if it has no name
     * @param stream the stream it reads
     * @param body gets the stream's RDD and the batch time
     * @param resource what the body holds between batches; closed at the end of every run, after which the body may be called
     *     in a further run
     */
    public OutputOperation(String kind, Node stream, VoidFunction2<RDD<?>, Instant> body, AutoCloseable resource) {
        this(kind, stream, body, resource, null);
    }

    private OutputOperation(
            String kind,
            Node stream,
            VoidFunction2<RDD<?>, Instant> body,
            AutoCloseable resource,
            @Nullable BatchSink<?> sink) {
        this.kind = kind;
        this.stream = stream;
        this.body = body;
        this.resource = resource;
        this.sink = sink;
    }

    /**
     * One that writes each batch exactly once.
     *
     * @param stream the stream it reads, of rows that the sink takes
     */
    public static OutputOperation to(BatchSink<?> sink, Node stream) {
        return new OutputOperation(sink.kind(), stream, (rdd, time) -> {}, () -> {}, sink);
    }

    public String kind() {
        return kind;
    }

    public Node stream() {
        return stream;
    }

    public VoidFunction2<RDD<?>, Instant> body() {
        return body;
    }

    public AutoCloseable resource() {
        return resource;
    }

    /** Where its rows go exactly once, in place of the body; null if the body is all there is. */
    public @Nullable BatchSink<?> sink() {
        return sink;
    }
}
