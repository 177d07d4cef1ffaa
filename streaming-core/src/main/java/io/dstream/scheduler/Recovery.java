package io.dstream.scheduler;

import io.dstream.event.InputInfo;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.storage.Checkpoint;
import io.dstream.storage.LoggedBatch;
import io.dstream.storage.LoggedBatch.LoggedInput;
import io.dstream.storage.LoggedRun;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a run goes on from what the runs before have left in the log.
 *
 * <p>Immutable.
 */
final class Recovery {

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Pipeline pipeline;
    private final StreamGraph graph;
    private final Checkpoint checkpoint;
    private final LoggedNodes nodes;

    Recovery(Pipeline pipeline, Checkpoint checkpoint) {
        this.pipeline = pipeline;
        this.graph = pipeline.graph();
        this.checkpoint = checkpoint;
        this.nodes = new LoggedNodes(graph, checkpoint);
    }

    /** What becomes of states and windows. */
    Restoration restoration() {
        return new Restoration(pipeline.name(), graph, checkpoint, nodes);
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    /**
     * What is written of a run when it begins.
     *
     * @param first the time of its first new batch
     */
    LoggedRun run(Instant first) {
        return new LoggedRun(
                pipeline.clock().now().truncatedTo(ChronoUnit.MILLIS), batchInterval(), zeroTime(first), parts());
    }

    /** The batches that were allocated and not committed, oldest first: they are run again, with the same records. */
    List<Batch> batches() {
        return checkpoint.uncommitted().stream().map(this::batch).toList();
    }

    /**
     * Tells people how the run goes on.
     *
     * @param first the time of its first new batch
     */
    void tell(Instant first) {
        if (checkpoint.lastRun() != null) {
            log.info(
                    "Pipeline '{}' goes on after batch {}; run again: {}; next: {}",
                    pipeline.name(),
                    checkpoint.lastAllocated(),
                    checkpoint.uncommitted().size(),
                    first);
        } else if (!pipeline.logs().place().isEmpty()) {
            log.info(
                    "Pipeline '{}' begins with nothing, in {}",
                    pipeline.name(),
                    pipeline.logs().place());
        }
        checkpoint.uncommitted().forEach(this::warnOfLostRecords);
    }

    private void warnOfLostRecords(LoggedBatch batch) {
        for (Node.Input input : graph.inputs()) {
            @Nullable LoggedInput logged = batch.inputs().get(graph.idOf(input));
            long lost = logged == null ? 0 : logged.records() - recordsReadAgain(input, batch, logged);
            if (logged != null && lost > 0) {
                log.warn(
                        "Batch {} of pipeline '{}' is run again without {} of its {} records of input '{}': they were in"
                                + " memory alone",
                        batch.time(),
                        pipeline.name(),
                        lost,
                        logged.records(),
                        graph.idOf(input));
            }
        }
    }

    /** Slides are counted on from the first batch of all, unless batches lie elsewhere now. */
    private Instant zeroTime(Instant first) {
        @Nullable LoggedRun last = checkpoint.lastRun();
        return last != null && last.batchInterval().equals(batchInterval())
                ? last.zeroTime()
                : first.minus(batchInterval());
    }

    private Duration batchInterval() {
        return pipeline.settings().batchInterval();
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        graph.inputs().forEach(input -> parts.add(part(Role.INPUT, graph.idOf(input), input.kind())));
        graph.outputs().forEach(output -> parts.add(part(Role.OUTPUT, graph.idOf(output), output.kind())));
        parts.addAll(nodes.parts());
        return parts;
    }

    private Part part(Role role, String id, String kind) {
        return new Part(role, id, kind, graph.isName(id));
    }

    private Batch batch(LoggedBatch logged) {
        List<InputInfo> inputs =
                graph.inputs().stream().map(input -> info(input, logged)).toList();
        return new Batch(
                pipeline.name(), logged.time(), inputs, pipeline.clock().now(), null);
    }

    /** An input that the definition did not have, or that had failed, has nothing in the batch. */
    private InputInfo info(Node.Input input, LoggedBatch batch) {
        @Nullable LoggedInput logged = batch.inputs().get(graph.idOf(input));
        if (logged == null) {
            return new InputInfo(graph.idOf(input), 0, "");
        }
        long records = recordsReadAgain(input, batch, logged);
        boolean isLost = records == 0 && logged.records() > 0;
        return new InputInfo(graph.idOf(input), records, isLost ? "" : logged.description());
    }

    private long recordsReadAgain(Node.Input input, LoggedBatch batch, LoggedInput logged) {
        return graph.sourceOf(input).recordsReadAgain(batch.time(), logged.records());
    }
}
