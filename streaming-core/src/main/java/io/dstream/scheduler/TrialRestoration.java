package io.dstream.scheduler;

import io.dstream.event.RestoredPart;
import io.dstream.event.RestoredPart.Outcome;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.Accumulators;
import io.dstream.rdd.InputPartition;
import io.dstream.storage.Checkpoint;
import io.dstream.storage.LoggedNode;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads what a start would read, and keeps nothing of it, so that what cannot be read is known before.
 *
 * <p>Used by one thread.
 */
final class TrialRestoration {

    private final Pipeline pipeline;
    private final StreamGraph graph;
    private final Restoration restoration;
    private final Checkpoint checkpoint;

    TrialRestoration(Pipeline pipeline, Restoration restoration) {
        this.pipeline = pipeline;
        this.graph = pipeline.graph();
        this.restoration = restoration;
        this.checkpoint = restoration.checkpoint();
    }

    /**
     * What becomes of each operator that has, or had, states or windows, and of accumulators that would be refused.
     *
     * @throws IOException if a file cannot be read
     */
    List<RestoredPart> parts() throws IOException {
        List<RestoredPart> parts = new ArrayList<>();
        for (RestoredPart part : restoration.parts()) {
            parts.add(part.outcome() == Outcome.KEPT ? read(part) : part);
        }
        addAccumulators(parts);
        return parts;
    }

    private RestoredPart read(RestoredPart part) throws IOException {
        try {
            for (Node.Stateful node : restoration.nodes().stateful()) {
                if (graph.idOf(node).equals(part.id())) {
                    readStates(node);
                }
            }
            for (Node node : restoration.nodes().nodesOfRows()) {
                if (isReader(part.id(), node)) {
                    readRows(node);
                }
            }
            return part;
        } catch (StreamingException failure) {
            return refused(part.id(), part.kind(), failure);
        }
    }

    private boolean isReader(String id, Node node) {
        return restoration.nodes().readers(node).stream()
                .anyMatch(reader -> graph.idOf(reader).equals(id));
    }

    private void readStates(Node.Stateful node) throws IOException {
        String id = graph.idOf(node);
        LoggedNode kept = Objects.requireNonNull(restoration.statesOf(node));
        RestoredTypes types = new RestoredTypes(pipeline.name(), id, kept, node.types());
        checkpoint.forEachLastState(id, (key, state, dataTime) -> {
            types.add(key, state);
            return true;
        });
    }

    private void readRows(Node node) throws IOException {
        for (Instant time : restoration.rowTimes(node)) {
            for (InputPartition<Object> partition :
                    checkpoint.<Object>pane(restoration.nodes().rowIdOf(node), time)) {
                readRows(partition);
            }
        }
    }

    private static void readRows(InputPartition<?> partition) {
        try {
            partition.open().forEachRemaining(row -> {});
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    private void addAccumulators(List<RestoredPart> parts) {
        Map<String, Object> totals;
        try {
            totals = checkpoint.accumulators();
        } catch (StreamingException failure) {
            parts.add(refused("all", "accumulators", failure));
            return;
        }
        Accumulators accumulators = pipeline.accumulators();
        totals.forEach((name, total) -> {
            try {
                accumulators.requireFitting(name, total);
            } catch (StreamingException failure) {
                parts.add(refused(name, "accumulator", failure));
            }
        });
    }

    private static RestoredPart refused(String id, String kind, StreamingException failure) {
        return new RestoredPart(id, kind, Outcome.REFUSED, String.valueOf(failure.getMessage()));
    }
}
