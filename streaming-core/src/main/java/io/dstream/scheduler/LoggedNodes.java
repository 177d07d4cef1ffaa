package io.dstream.scheduler;

import io.dstream.graph.Node;
import io.dstream.graph.OutputOperation;
import io.dstream.graph.StreamGraph;
import io.dstream.storage.Checkpoint;
import io.dstream.storage.LoggedNode;
import io.dstream.storage.LoggedRun;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the nodes of a graph in the log, and under which ids: states of stateful nodes, and rows of nodes to which later
 * batches reach back.
 *
 * <p>Rows go by the id of the window that is made of them and not by that of their own node, which may be a {@code map} among many:
 * so one more of these, or one less, does not give a window the rows of another stream. Where several windows are made of the same
 * rows, they are kept once, under an id that stays as long as one of these windows does.
 *
 * <p>Immutable.
 */
final class LoggedNodes {

    private static final String ROWS = "/rows"; // no name has a slash

    private final StreamGraph graph;
    private final List<Node.Stateful> stateful;
    private final List<Node.Stateful> remade;
    private final IdentityHashMap<Node, String> rowIds = new IdentityHashMap<>();

    /**
     * @param checkpoint tells under which ids rows are kept so far
     */
    LoggedNodes(StreamGraph graph, Checkpoint checkpoint) {
        this.graph = graph;
        this.stateful =
                graph.stateful().stream().filter(node -> node.madeOf().isZero()).toList();
        this.remade = graph.stateful().stream()
                .filter(node -> !node.madeOf().isZero())
                .toList();
        Known known = new Known(checkpoint);
        Set<Node> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
        graph.outliving().stream().filter(this::isKnownByName).forEach(nodes::add);
        remade.forEach(node -> nodes.add(rowsOf(node)));
        List<Node> sorted =
                nodes.stream().sorted(Comparator.comparing(this::ownRowId)).toList();
        sorted.forEach(node -> giveKnown(node, known, (reader, id) -> id.equals(reader + ROWS)));
        sorted.forEach(node -> giveKnown(node, known, (reader, id) -> true));
        sorted.forEach(node -> rowIds.computeIfAbsent(node, unknown -> newRowId(unknown, known)));
    }

    /** Rows that are remembered go by the id of their own node, which has to be a name. */
    private boolean isKnownByName(Node node) {
        return !graph.windowsOver(node).isEmpty() || graph.isName(graph.idOf(node));
    }

    /** Windows of the same rows may be of different ones now: who gave the rows their id has them. */
    private void giveKnown(Node node, Known known, BiPredicate<String, String> isMeant) {
        if (rowIds.containsKey(node)) {
            return;
        }
        for (Node reader : readers(node)) {
            String id = known.rowIdOf(graph.idOf(reader));
            if (id != null && !isGiven(id) && isMeant.test(graph.idOf(reader), id)) {
                rowIds.put(node, id);
                return;
            }
        }
    }

    private String ownRowId(Node node) {
        List<Node> readers = readers(node);
        return readers.isEmpty() ? graph.idOf(node) : graph.idOf(readers.get(0)) + ROWS;
    }

    private String newRowId(Node node, Known known) {
        List<Node> readers = readers(node);
        String own = ownRowId(node);
        String id = own;
        for (int i = 2; isGiven(id) || (known.isTaken(id) && !readers.isEmpty()); i++) {
            id = own + i;
        }
        return id;
    }

    /** An identity map compares its values by identity, too. */
    private boolean isGiven(String rowId) {
        return rowIds.values().stream().anyMatch(rowId::equals);
    }

    /** The nodes whose states are kept. */
    List<Node.Stateful> stateful() {
        return stateful;
    }

    /** The nodes whose states are made anew of rows that are kept. */
    List<Node.Stateful> remade() {
        return remade;
    }

    /** The node whose rows are kept for a state that is made of them. */
    static Node rowsOf(Node.Stateful node) {
        return node.parent() instanceof Node.Window window && window.isSinceLast() ? window.parent() : node.parent();
    }

    /** The nodes whose rows are kept. */
    Set<Node> nodesOfRows() {
        return rowIds.keySet();
    }

    /** Under which id the rows of a node are kept, of {@link #nodesOfRows}. */
    String rowIdOf(Node node) {
        String id = rowIds.get(node);
        if (id == null) {
            throw new IllegalArgumentException("No rows are kept of '" + graph.idOf(node) + "'");
        }
        return id;
    }

    /**
     * How long the rows of a node are kept after their batch.
     *
     * @param last the time of the last batch that has ended
     */
    Duration kept(Node node, Instant last, Slides slides) {
        Duration kept = slides.kept(node, last);
        for (Node.Stateful reader : readersRemade(node)) {
            kept = longer(
                    kept, slides.isOfThisInterval(last) ? reader.madeOf().minus(reader.slide()) : reader.madeOf());
        }
        return kept;
    }

    /** Whether later batches look at the rows of a node only to make states of them anew. */
    boolean isOnlyRemadeOf(Node node) {
        return !graph.outliving().contains(node)
                && readersRemade(node).stream()
                        .anyMatch(reader -> reader.madeOf().compareTo(reader.slide()) > 0);
    }

    /** How far later batches look back at the rows of a node at most, whenever they come. */
    Duration reach(Node node) {
        Duration reach = longer(graph.reach(node), graph.remembered(node));
        for (Node.Stateful reader : readersRemade(node)) {
            reach = longer(reach, reader.madeOf());
        }
        return reach;
    }

    private List<Node.Stateful> readersRemade(Node node) {
        return remade().stream().filter(reader -> reader.parent() == node).toList();
    }

    private static Duration longer(Duration first, Duration second) {
        return first.compareTo(second) >= 0 ? first : second;
    }

    /** The operators that look at the rows of a node in later batches, in the order of their ids. */
    List<Node> readers(Node node) {
        return Stream.concat(
                        graph.windowsOver(node).stream().map(this::operator),
                        remade().stream().filter(reader -> reader.parent() == node))
                .sorted(Comparator.comparing(graph::idOf))
                .toList();
    }

    /** What is said when a run begins of the nodes, and of the outputs whose systems know by their ids which batches they have. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        stateful()
                .forEach(node -> parts.add(new Part(
                        Role.STATE, graph.idOf(node), node.kind(), graph.isName(graph.idOf(node)), detail(node))));
        rowIds.forEach((node, rowId) -> addRows(node, rowId, parts));
        graph.outputs().stream().filter(output -> output.sink() != null).forEach(output -> addSink(output, parts));
        return parts;
    }

    private void addSink(OutputOperation output, List<Part> parts) {
        String id = graph.idOf(output);
        parts.add(new Part(Role.SINK, id, output.kind(), graph.isName(id)));
    }

    private void addRows(Node node, String rowId, List<Part> parts) {
        parts.add(new Part(Role.PANES, rowId, node.kind(), graph.isName(graph.idOf(node))));
        for (Node reader : readers(node)) {
            String id = graph.idOf(reader);
            parts.add(new Part(Role.READER, id, reader.kind(), graph.isName(id), rowId));
        }
    }

    /** What else decides what can be made of a node's states. */
    static String detail(Node.Stateful node) {
        return node instanceof Node.ReducedWindow window ? window.length().toString() : "";
    }

    /** What users know a window as: the operator of whose state it is a part, if there is one. */
    private Node operator(Node window) {
        return remade().stream()
                .filter(node -> node.parent() == window)
                .findFirst()
                .<Node>map(node -> node)
                .orElse(window);
    }

    /** What earlier runs have said. */
    private record Known(Checkpoint checkpoint) {

        @Nullable
        String rowIdOf(String reader) {
            LoggedRun run = checkpoint.lastRun();
            List<Part> parts = run == null ? List.of() : run.parts();
            return parts.stream()
                    .filter(part -> part.role() == Role.READER && part.id().equals(reader))
                    .findFirst()
                    .map(Part::detail)
                    .orElse(isTaken(reader + ROWS) ? reader + ROWS : null);
        }

        boolean isTaken(String rowId) {
            return checkpoint.nodes().stream()
                    .map(LoggedNode::part)
                    .anyMatch(part -> part.role() == Role.PANES && part.id().equals(rowId));
        }
    }
}
