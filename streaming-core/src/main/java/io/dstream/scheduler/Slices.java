package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks back at the panes of batches that have ended.
 *
 * <p>Thread-safe: told of batches by the batch thread, asked by anybody.
 */
final class Slices {

    private final String pipeline;
    private final StreamGraph graph;
    private final Slides slides;
    private final Panes panes;

    // Mutable state, guarded by panes, so that a slice sees both change at once
    private @Nullable Instant lastCommitted;
    private boolean closed;

    Slices(String pipeline, StreamGraph graph, Slides slides, Panes panes) {
        this.pipeline = pipeline;
        this.graph = graph;
        this.slides = slides;
        this.panes = panes;
    }

    /** Is told before the first batch of the last one of the runs before; null if there was none. */
    void begin(@Nullable Instant time) {
        synchronized (panes) {
            lastCommitted = time;
        }
    }

    /**
     * Is told of every batch that has ended; lets go of the panes that are kept no longer.
     *
     * @param kept how long the rows of a node are kept after their batch
     */
    void committed(Instant time, Function<Node, Duration> kept) {
        synchronized (panes) {
            lastCommitted = time;
            panes.forget(time, kept);
        }
    }

    /** Lets go of all panes; no slice is given from now on. */
    void close() {
        synchronized (panes) {
            closed = true;
            panes.close();
        }
    }

    /**
     * The rows that a node had in the batches from one time to another that have ended, both included; none where it had no
     * RDD.
     *
     * @throws IllegalStateException if one of them is kept no more, or the pipeline has ended
     */
    <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        synchronized (panes) {
            if (closed) {
                throw ended(pipeline);
            }
            return lastCommitted == null ? List.of() : slice(node, from, to, lastCommitted);
        }
    }

    static IllegalStateException ended(String pipeline) {
        return new IllegalStateException("Pipeline '" + pipeline + "' has ended, and with it what it remembered");
    }

    private <T> List<RDD<T>> slice(Node node, Instant from, Instant to, Instant last) {
        List<RDD<T>> rdds = new ArrayList<>();
        Instant first = slides.first(node);
        if (from.isAfter(to) || to.isBefore(first) || from.isAfter(last.plus(node.slide()))) {
            return rdds;
        }
        Instant end = slides.floor(node, to.isBefore(last) ? to : last);
        Instant time = slides.floor(node, from.isBefore(first) ? first : from);
        for (; !time.isAfter(end); time = time.plus(node.slide())) {
            RDD<T> rdd = panes.rdd(node, time);
            if (rdd != null) {
                rdds.add(rdd);
            } else {
                requireSkipped(node, time, last);
            }
        }
        return rdds;
    }

    /** A batch that has no rows although they would be kept was skipped. */
    private void requireSkipped(Node node, Instant time, Instant last) {
        Duration kept = slides.kept(node, last);
        if (!time.isAfter(last.minus(kept)) || !slides.outlives(node, time)) {
            throw new IllegalStateException("The rows of '" + graph.idOf(node) + "' in the batch " + time
                    + " of pipeline '" + pipeline + "' are not remembered: the last batch is " + last
                    + ", and rows of this stream are " + describe(kept, node)
                    + ". Before the start, say how long they are to be, by remember(...) on the stream or"
                    + " the context");
        }
    }

    private String describe(Duration kept, Node node) {
        if (kept.isZero()) {
            return "not kept after their batch";
        }
        String where = graph.remembered(node).isZero() ? " where a window reaches back to them" : "";
        return "kept for " + kept + " after their batch" + where;
    }
}
