package io.dstream.scheduler;

import io.dstream.event.RestoredPart;
import io.dstream.event.RestoredPart.Outcome;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.storage.Checkpoint;
import io.dstream.storage.LoggedNode;
import io.dstream.storage.LoggedRun;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of what the log keeps of the states and windows of earlier runs: which the code at hand goes on with, which begin
 * empty, which are kept although the code does not have them, and what cannot be.
 *
 * <p>Immutable.
 */
final class Restoration {

    private static final Logger log = LoggerFactory.getLogger(Restoration.class);

    private final String pipeline;
    private final StreamGraph graph;
    private final Checkpoint checkpoint;
    private final LoggedNodes nodes;
    private final Map<String, LoggedNode> states = new HashMap<>(); // by id
    private final Map<String, LoggedNode> rows = new HashMap<>();

    Restoration(String pipeline, StreamGraph graph, Checkpoint checkpoint, LoggedNodes nodes) {
        this.pipeline = pipeline;
        this.graph = graph;
        this.checkpoint = checkpoint;
        this.nodes = nodes;
        for (LoggedNode node : checkpoint.nodes()) {
            (node.part().role() == Role.STATE ? states : rows).put(node.part().id(), node);
        }
    }

    /** What is kept of the states of a node; null if it begins empty. */
    @Nullable
    LoggedNode statesOf(Node.Stateful node) {
        LoggedNode logged = states.get(graph.idOf(node));
        return logged == null || !nodes.stateful().contains(node) ? null : logged;
    }

    /** An inverse function needs the rows that were put in, to take them out; without them everything is taken away at first. */
    private boolean lacksRows(Node.Stateful node) {
        return node instanceof Node.ReducedWindow window
                && window.slide().compareTo(window.length()) <= 0
                && !rows.containsKey(nodes.rowIdOf(window.parent()));
    }

    /** When a node was evaluated last by the code of earlier runs, if its next window can be made of that one; else null. */
    @Nullable
    Instant lastTime(Node.Stateful node) {
        LoggedNode logged = statesOf(node);
        return logged == null || lacksRows(node) || !logged.part().detail().equals(LoggedNodes.detail(node))
                ? null
                : logged.lastCommitted();
    }

    /** Whether rows of a node are kept. */
    boolean hasRows(Node node) {
        return rows.containsKey(nodes.rowIdOf(node));
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    LoggedNodes nodes() {
        return nodes;
    }

    /** The times of the batches of which the rows of a node are kept that the next batch may look at, whenever it comes. */
    List<Instant> rowTimes(Node node) {
        Instant last = checkpoint.lastCommitted();
        return last == null
                ? List.of()
                : checkpoint.panes(nodes.rowIdOf(node)).stream()
                        .filter(time -> time.isAfter(last.minus(nodes.reach(node))))
                        .toList();
    }

    /**
     * Makes sure that the code can go on with what is there, and tells people what becomes of it.
     *
     * @throws StreamingException if it cannot, with all reasons and what to do
     */
    void require() {
        List<RestoredPart> parts = parts();
        String refused = parts.stream()
                .filter(part -> part.outcome() == Outcome.REFUSED)
                .map(RestoredPart::toString)
                .collect(Collectors.joining("; "));
        if (!refused.isEmpty()) {
            throw new StreamingException("Pipeline '" + pipeline
                    + "' does not start, because its code does not fit its checkpoint: " + refused);
        }
        if (checkpoint.lastRun() != null) {
            parts.forEach(part -> log.info("Pipeline '{}': {}", pipeline, part));
        }
    }

    /** What becomes of each operator that has, or had, states or windows. */
    List<RestoredPart> parts() {
        List<RestoredPart> parts = new ArrayList<>();
        addUnclear(parts);
        Set<String> refused = parts.stream().map(RestoredPart::id).collect(Collectors.toSet());
        List<Node.Stateful> stateful = nodes.stateful();
        stateful.stream()
                .filter(node -> !refused.contains(graph.idOf(node)))
                .map(this::ofState)
                .forEach(parts::add);
        nodes.nodesOfRows().stream()
                .flatMap(node -> nodes.readers(node).stream().map(reader -> ofReader(reader, node)))
                .filter(part ->
                        stateful.stream().noneMatch(node -> graph.idOf(node).equals(part.id())))
                .filter(part -> !refused.contains(part.id()))
                .forEach(parts::add);
        addRemembered(parts);
        addAbsent(parts, refused);
        parts.sort(Comparator.comparing(RestoredPart::id));
        return parts;
    }

    private RestoredPart ofState(Node.Stateful node) {
        String id = graph.idOf(node);
        LoggedNode logged = states.get(id);
        if (logged == null) {
            return new RestoredPart(id, node.kind(), Outcome.EMPTY, "the checkpoint has nothing of it");
        }
        if (!logged.part().kind().equals(node.kind())) {
            return new RestoredPart(
                    id,
                    node.kind(),
                    Outcome.REFUSED,
                    "the checkpoint has states of it as a " + logged.part().kind()
                            + ". Give it another name, so that it begins empty");
        }
        if (lacksRows(node)) {
            return new RestoredPart(
                    id,
                    node.kind(),
                    Outcome.EMPTY,
                    "the checkpoint has its keys, but not the rows that their values were made of");
        }
        return new RestoredPart(
                id, node.kind(), Outcome.KEPT, "states as of " + logged.lastCommitted() + types(logged));
    }

    private static String types(LoggedNode logged) {
        return logged.stateClass() == null
                ? ""
                : ", of " + logged.stateClass() + " by "
                        + Objects.requireNonNullElse(logged.keyClass(), "a key that is null");
    }

    private RestoredPart ofReader(Node reader, Node node) {
        int batches = rowTimes(node).size();
        return rows.containsKey(nodes.rowIdOf(node))
                ? new RestoredPart(
                        graph.idOf(reader), reader.kind(), Outcome.KEPT, "the rows of " + batches + " batches")
                : new RestoredPart(
                        graph.idOf(reader), reader.kind(), Outcome.EMPTY, "the checkpoint has nothing of it");
    }

    private void addRemembered(List<RestoredPart> parts) {
        Set<String> told = parts.stream().map(RestoredPart::id).collect(Collectors.toSet());
        graph.outliving().stream()
                .filter(node -> !graph.remembered(node).isZero() && !told.contains(graph.idOf(node)))
                .forEach(node -> parts.add(
                        graph.isName(graph.idOf(node))
                                ? ofReader(node, node)
                                : new RestoredPart(
                                        graph.idOf(node),
                                        node.kind(),
                                        Outcome.EMPTY,
                                        "its rows are remembered, but those of earlier runs only if it has a name")));
    }

    private void addAbsent(List<RestoredPart> parts, Set<String> refused) {
        Set<String> defined = nodes.parts().stream()
                .filter(part -> part.role() != Role.READER)
                .map(part -> part.role() + part.id())
                .collect(Collectors.toSet());
        Stream.concat(states.values().stream(), rows.values().stream())
                .filter(node ->
                        !defined.contains(node.part().role() + node.part().id()))
                .filter(node -> !refused.contains(node.part().id()))
                .forEach(node -> parts.add(new RestoredPart(
                        node.part().id(),
                        node.part().kind(),
                        Outcome.ABSENT,
                        "the code does not have it; what is kept of it goes after 'streaming.checkpoint.retain' batches"
                                + " without it; there were "
                                + Math.max(0, node.commitsAbsent()))));
    }

    /**
     * Operators and sinks without names are known by their number alone: if there are more or fewer of a kind, nobody knows which is
     * which.
     */
    private void addUnclear(List<RestoredPart> parts) {
        Map<String, Part> now = operators(nodes.parts());
        LoggedRun run = checkpoint.lastRun();
        Map<String, Part> before = operators(run == null ? List.of() : run.parts());
        absentUnnamed().forEach(part -> before.putIfAbsent(part.id(), part));
        Set<String> kinds = new TreeSet<>();
        before.values().forEach(part -> kinds.add(part.kind()));
        for (String kind : kinds) {
            Set<String> known = ids(before, part -> !part.named() && part.kind().equals(kind));
            known.removeAll(ids(now, Part::named));
            Set<String> unnamed = ids(now, part -> !part.named() && part.kind().equals(kind));
            Set<String> added = ids(now, part -> part.named() && part.kind().equals(kind));
            added.removeAll(before.keySet());
            if (!known.isEmpty() && !known.equals(unnamed) && !(unnamed.isEmpty() && added.isEmpty())) {
                parts.add(unclear(kind, known, unnamed, added));
            }
        }
    }

    /** Operators that the last run did not have any more, but of whose states something is kept. */
    private Stream<Part> absentUnnamed() {
        return states.values().stream()
                .filter(LoggedNode::isAbsent)
                .map(LoggedNode::part)
                .filter(part -> !part.named());
    }

    private static RestoredPart unclear(String kind, Set<String> known, Set<String> unnamed, Set<String> added) {
        String now = Stream.concat(unnamed.stream(), added.stream()).collect(Collectors.joining(", "));
        return new RestoredPart(
                String.join(", ", known),
                kind,
                Outcome.REFUSED,
                "the checkpoint has these without names, and the code has " + now
                        + " instead, so nobody knows which is which. Name every " + kind
                        + " by named(...): one that is to go on with what the checkpoint has of "
                        + known.iterator().next()
                        + " gets that as its name. To leave all of it behind, start with another checkpoint directory");
    }

    /** What the parts of a run have that goes on under its id, by id. */
    private static Map<String, Part> operators(List<Part> parts) {
        Map<String, Part> operators = new HashMap<>();
        parts.stream()
                .filter(part -> part.role() == Role.STATE || part.role() == Role.READER || part.role() == Role.SINK)
                .forEach(part -> operators.put(part.id(), part));
        return operators;
    }

    private static Set<String> ids(Map<String, Part> operators, Predicate<Part> condition) {
        Set<String> ids = new TreeSet<>();
        operators.values().stream().filter(condition).forEach(part -> ids.add(part.id()));
        return ids;
    }
}
