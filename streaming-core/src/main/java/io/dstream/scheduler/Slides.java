package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The batch times at which nodes have RDDs: every slide from the first batch on.
 *
 * <p>Thread-safe once it has begun.
 */
final class Slides {

    private final StreamGraph graph;
    private final Duration batchInterval;

    // Mutable state
    private volatile @Nullable Instant zeroTime; // one batch interval before the first batch of all

    Slides(StreamGraph graph, Duration batchInterval) {
        this.graph = graph;
        this.batchInterval = batchInterval;
    }

    /**
     * Is told before anything else from which time slides are counted.
     *
     * @param time one batch interval before the first batch of all
     */
    void begin(Instant time) {
        zeroTime = time;
    }

    /**
     * Whether a node has an RDD at a time. What has one in every batch has one in those of another batch interval, too, which
     * were allocated before it was changed.
     */
    boolean isDue(Node node, Instant time) {
        return node.slide().equals(batchInterval) || floor(node, time).equals(time);
    }

    /** The first time at which a node has an RDD. */
    Instant first(Node node) {
        return zeroTime().plus(node.slide());
    }

    /** The last time up to this at which a node has an RDD. */
    Instant floor(Node node, Instant time) {
        Instant zero = zeroTime();
        long slide = node.slide().toMillis();
        return zero.plusMillis(Math.floorDiv(Duration.between(zero, time).toMillis(), slide) * slide);
    }

    /** Whether the rows of a node in a batch are remembered, or a later window reaches back to them. */
    boolean outlives(Node node, Instant time) {
        return !graph.remembered(node).isZero()
                || graph.windowsOver(node).stream().anyMatch(window -> reachesLater(window, time));
    }

    private boolean reachesLater(Node window, Instant time) {
        Instant next = floor(window, time).plus(window.slide());
        return next.minus(window.reach()).isBefore(time);
    }

    /**
     * How long the rows of a node are kept after their batch: as long as they are remembered or a window will reach them.
     *
     * @param last the time of the last batch that has ended
     */
    Duration kept(Node node, Instant last) {
        Duration reached = graph.reach(node).minus(untilNext(last));
        Duration remembered = graph.remembered(node);
        return reached.compareTo(remembered) > 0 ? reached : remembered;
    }

    /** How long it is at least from a batch to the next one; after a batch of another batch interval that may be anything. */
    private Duration untilNext(Instant time) {
        return isOfThisInterval(time) ? batchInterval : Duration.ZERO;
    }

    /** Whether batches follow one that has ended in this batch interval; else it was allocated before that was changed. */
    boolean isOfThisInterval(Instant time) {
        return !time.isBefore(zeroTime().plus(batchInterval));
    }

    private Instant zeroTime() {
        return Objects.requireNonNull(zeroTime, "begin() was not called");
    }
}
