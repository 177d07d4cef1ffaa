package io.dstream.graph;

import io.dstream.input.InputSource;
import io.dstream.rdd.StorageLevel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The finished description of a pipeline: what its outputs are and where their rows come from, under ids that are the same
 * in every run of the same definition.
 *
 * <p>Immutable.
 */
public final class StreamGraph {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    /** A duration that can be taken from any batch time; whoever wants rows to be remembered for longer does not outlive it. */
    private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

    private final List<Node.Input> inputs;
    private final List<Node.Input> unconnectedInputs;
    private final IdentityHashMap<Node.Input, InputSource<?>> replacements;
    private final List<OutputOperation> outputs;
    private final IdentityHashMap<Object, String> ids; // of nodes and outputs
    private final Set<String> names; // those of these ids that are names
    private final IdentityHashMap<Node, List<Node>> windows; // over the rows of nodes
    private final IdentityHashMap<Node, Duration> remembered;
    private final Map<Node, StorageLevel> kept;
    private final List<Node.Stateful> stateful;

    private StreamGraph(
            List<Node.Input> inputs,
            List<Node.Input> unconnectedInputs,
            IdentityHashMap<Node.Input, InputSource<?>> replacements,
            List<OutputOperation> outputs,
            IdentityHashMap<Object, String> ids,
            Set<String> names,
            IdentityHashMap<Node, List<Node>> windows,
            IdentityHashMap<Node, Duration> remembered,
            Map<Node, StorageLevel> kept,
            List<Node.Stateful> stateful) {
        this.inputs = List.copyOf(inputs);
        this.unconnectedInputs = List.copyOf(unconnectedInputs);
        this.replacements = new IdentityHashMap<>(replacements);
        this.outputs = List.copyOf(outputs);
        this.ids = ids;
        this.names = Set.copyOf(names);
        this.windows = windows;
        this.remembered = remembered;
        this.kept = Map.copyOf(kept);
        this.stateful = List.copyOf(stateful);
    }

    /**
     * Makes sure that a pipeline or a part of it can be called so.
     *
     * @throws IllegalArgumentException if the name is not of letters, digits, {@code .}, {@code _} and {@code -}, at most
     *     100, beginning with a letter or digit
     */
    public static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("'name' must be of letters, digits, '.', '_' and '-', at most 100,"
                    + " beginning with a letter or digit, but was '" + name + "'");
        }
    }

    /** The inputs that feed an output, in order of definition. */
    public List<Node.Input> inputs() {
        return inputs;
    }

    /** The inputs that feed no output; they are not to be started. */
    public List<Node.Input> unconnectedInputs() {
        return unconnectedInputs;
    }

    /** The source that an input reads: its own, or the one that has replaced it. */
    public InputSource<?> sourceOf(Node.Input input) {
        return replacements.getOrDefault(input, input.source());
    }

    /** The outputs, in order of definition; at least one. */
    public List<OutputOperation> outputs() {
        return outputs;
    }

    /** The nodes whose rows may outlive their batch, because windows reach back to them or they are to be remembered. */
    public Set<Node> outliving() {
        Set<Node> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
        nodes.addAll(windows.keySet());
        nodes.addAll(remembered.keySet());
        return nodes;
    }

    /** The nodes with state that feed an output. */
    public List<Node.Stateful> stateful() {
        return stateful;
    }

    /** Where the rows of a node are kept, so that they are computed once per batch, however often they are asked for. */
    public StorageLevel levelOf(Node node) {
        boolean outlives = windows.containsKey(node) || remembered.containsKey(node);
        return kept.getOrDefault(node, outlives ? StorageLevel.MEMORY_ONLY : StorageLevel.NONE);
    }

    /** The nodes that reach back to the rows of a node. */
    public List<Node> windowsOver(Node node) {
        return windows.getOrDefault(node, List.of());
    }

    /** How far windows reach back to the rows of a node: zero if none does. */
    public Duration reach(Node node) {
        return windowsOver(node).stream()
                .map(Node::reach)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** How long the rows of a node are remembered after their batch: zero if they are not. */
    public Duration remembered(Node node) {
        return remembered.getOrDefault(node, Duration.ZERO);
    }

    /** How long the rows of any node are remembered. */
    public Duration remembered() {
        return remembered.values().stream().max(Duration::compareTo).orElse(Duration.ZERO);
    }

    /** The id of a node in its pipeline: its name, else its kind and its number among the unnamed of that kind. */
    public String idOf(Node node) {
        return requireId(node);
    }

    /** The id of an output in its pipeline, made as that of a node. */
    public String idOf(OutputOperation output) {
        return requireId(output);
    }

    /** Whether an id is a name that was given, else it was counted. */
    public boolean isName(String id) {
        return names.contains(id);
    }

    private String requireId(Object part) {
        String id = ids.get(part);
        if (id == null) {
            throw new IllegalArgumentException(part + " belongs to another pipeline");
        }
        return id;
    }

    /**
     * Collects the parts of a graph as a pipeline is defined.
     *
     * <p>Not thread-safe: a pipeline is defined by one thread.
     */
    public static final class Builder {

        private final String pipeline;

        // Mutable state
        private final List<Node> nodes = new ArrayList<>();
        private final List<OutputOperation> outputs = new ArrayList<>();
        private final IdentityHashMap<Object, String> names = new IdentityHashMap<>();
        private final Map<Node, StorageLevel> kept = new HashMap<>();
        private final IdentityHashMap<Node, Duration> remembered = new IdentityHashMap<>();
        private Duration outputsRemembered = Duration.ZERO;
        private final IdentityHashMap<Node.Input, InputSource<?>> replacements = new IdentityHashMap<>();
        private boolean frozen;

        /** Begins the graph of a pipeline of this name. */
        public Builder(String pipeline) {
            this.pipeline = pipeline;
        }

        /**
         * Adds a node.
         *
         * @return the node
         * @throws IllegalStateException if the pipeline was started
         * @throws IllegalArgumentException if a parent belongs to another pipeline
         */
        public <N extends Node> N add(N node) {
            requireNotFrozen("a stream cannot be added");
            node.parents().forEach(parent -> requireOwn(parent, node.kind()));
            nodes.add(node);
            return node;
        }

        /**
         * Adds an output.
         *
         * @return the output
         * @throws IllegalStateException if the pipeline was started
         * @throws IllegalArgumentException if its stream belongs to another pipeline
         */
        public OutputOperation add(OutputOperation output) {
            requireNotFrozen("an output operation cannot be added");
            requireOwn(output.stream(), output.kind());
            outputs.add(output);
            return output;
        }

        /**
         * Gives a node or an output a name, which becomes its id.
         *
         * @param name letters, digits, {@code .}, {@code _} and {@code -}, at most 100, beginning with a letter or digit
         * @throws IllegalStateException if the pipeline was started
         * @throws IllegalArgumentException if the name is not of this form or already given
         */
        public void name(Object part, String name) {
            requireNotFrozen("a stream or output cannot be named");
            requireName(name);
            if (names.values().stream().anyMatch(name::equals)) { // an identity map compares its values by identity too
                throw new IllegalArgumentException(
                        "The name '" + name + "' is given twice in pipeline '" + pipeline + "'; names must be unique");
            }
            names.put(part, name);
        }

        /**
         * Marks a node whose rows are to be computed once per batch.
         *
         * @param level where they are kept; of several the last counts
         * @throws IllegalStateException if the pipeline was started
         */
        public void keep(Node node, StorageLevel level) {
            requireNotFrozen("whether and where a stream is cached cannot be changed");
            kept.put(node, level);
        }

        /**
         * Takes the mark of {@link #keep} away.
         *
         * @throws IllegalStateException if the pipeline was started
         */
        public void drop(Node node) {
            requireNotFrozen("whether and where a stream is cached cannot be changed");
            kept.remove(node);
        }

        /**
         * Remembers the rows of a node; of several durations the longest counts.
         *
         * @param duration how long after their batch, more than zero
         * @throws IllegalArgumentException if {@code duration} is not more than zero
         * @throws IllegalStateException if the pipeline was started
         */
        public void remember(Node node, Duration duration) {
            remembered.merge(node, asRemembered(duration), StreamGraph.Builder::longer);
        }

        /** Remembers the rows of all nodes that outputs read, as {@link #remember(Node, Duration)} does. */
        public void rememberOutputs(Duration duration) {
            outputsRemembered = longer(outputsRemembered, asRemembered(duration));
        }

        private Duration asRemembered(Duration duration) {
            requireNotFrozen("how long streams are remembered cannot be changed");
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("'duration' must be more than zero, but was " + duration);
            }
            return duration.compareTo(FOREVER) > 0 ? FOREVER : duration;
        }

        /** The ids of the inputs added so far, in order of definition. */
        public List<String> inputs() {
            return allInputs().stream().map(ids()::get).toList();
        }

        /**
         * Lets an input read another source than its own.
         *
         * @param id the input's id
         * @return the source it would have read
         * @throws IllegalStateException if the pipeline was started
         * @throws IllegalArgumentException if there is no such input
         */
        public InputSource<?> replaceSource(String id, InputSource<?> source) {
            requireNotFrozen("the source of an input cannot be replaced");
            Node.Input input = find("input", id, allInputs());
            InputSource<?> before = replacements.put(input, source);
            return before == null ? input.source() : before;
        }

        /**
         * Finds a node added so far.
         *
         * @param id its id, or that of an output, which stands for the node it reads
         * @throws IllegalArgumentException if there is none
         */
        public Node stream(String id) {
            Object part = find(
                    "stream or output",
                    id,
                    Stream.concat(nodes.stream(), outputs.stream()).toList());
            return part instanceof OutputOperation output ? output.stream() : (Node) part;
        }

        private List<Node.Input> allInputs() {
            return all(Node.Input.class, node -> true);
        }

        private <P> P find(String what, String id, List<P> parts) {
            List<String> known = parts.stream().map(ids()::get).toList();
            int index = known.indexOf(id);
            if (index < 0) {
                throw new IllegalArgumentException("There is no " + what + " '" + id + "' in pipeline '" + pipeline
                        + "', which has " + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
            return parts.get(index);
        }

        /** Whether nothing was added. */
        public boolean isEmpty() {
            return nodes.isEmpty() && outputs.isEmpty();
        }

        /**
         * Finishes the graph; nothing can be added afterwards.
         *
         * @throws IllegalArgumentException if there is no output, or a name is also the id of an unnamed part
         */
        public StreamGraph build() {
            if (outputs.isEmpty()) {
                throw new IllegalArgumentException("No output operation is registered in pipeline '" + pipeline
                        + "', so there is nothing to run; end a stream with print(), foreachRDD(...) or another output"
                        + " operation");
            }
            IdentityHashMap<Object, String> ids = ids();
            frozen = true;
            Set<Node> connected = connected();
            return new StreamGraph(
                    all(Node.Input.class, connected::contains),
                    all(Node.Input.class, input -> !connected.contains(input)),
                    replacements,
                    outputs,
                    ids,
                    new HashSet<>(names.values()),
                    windows(connected),
                    remembered(connected),
                    kept,
                    all(Node.Stateful.class, connected::contains));
        }

        private static IdentityHashMap<Node, List<Node>> windows(Set<Node> connected) {
            IdentityHashMap<Node, List<Node>> windows = new IdentityHashMap<>();
            for (Node node : connected) {
                if (!node.reach().isZero()) {
                    node.parents().forEach(parent -> windows.computeIfAbsent(parent, absent -> new ArrayList<>())
                            .add(node));
                }
            }
            return windows;
        }

        private IdentityHashMap<Node, Duration> remembered(Set<Node> connected) {
            IdentityHashMap<Node, Duration> all = new IdentityHashMap<>(remembered);
            all.keySet().retainAll(connected);
            if (!outputsRemembered.isZero()) {
                outputs.forEach(output -> all.merge(output.stream(), outputsRemembered, StreamGraph.Builder::longer));
            }
            return all;
        }

        private static Duration longer(Duration first, Duration second) {
            return first.compareTo(second) >= 0 ? first : second;
        }

        /** The nodes of a type that meet a condition, in order of definition. */
        private <N extends Node> List<N> all(Class<N> type, Predicate<Node> condition) {
            return nodes.stream()
                    .filter(condition)
                    .filter(type::isInstance)
                    .map(type::cast)
                    .toList();
        }

        private Set<Node> connected() {
            Set<Node> connected = Collections.newSetFromMap(new IdentityHashMap<>());
            outputs.forEach(output -> connect(output.stream(), connected));
            return connected;
        }

        private static void connect(Node node, Set<Node> connected) {
            if (connected.add(node)) {
                node.parents().forEach(parent -> connect(parent, connected));
            }
        }

        private IdentityHashMap<Object, String> ids() {
            IdentityHashMap<Object, String> ids = new IdentityHashMap<>();
            Map<String, Integer> counts = new HashMap<>();
            nodes.forEach(node -> ids.put(node, nameOrNumber(node, node.kind(), counts)));
            outputs.forEach(output -> ids.put(output, nameOrNumber(output, output.kind(), counts)));
            requireUnique(ids);
            return ids;
        }

        private String nameOrNumber(Object part, String kind, Map<String, Integer> counts) {
            String name = names.get(part);
            return name != null ? name : kind + "-" + (counts.merge(kind, 1, Integer::sum) - 1);
        }

        private void requireUnique(IdentityHashMap<Object, String> ids) {
            Set<String> seen = new HashSet<>();
            for (String id : ids.values()) {
                if (!seen.add(id)) {
                    throw new IllegalArgumentException("The name '" + id + "' in pipeline '" + pipeline
                            + "' is also the id of a part without a name; choose another name");
                }
            }
        }

        private void requireOwn(Node node, String kind) {
            if (!nodes.contains(node)) {
                throw new IllegalArgumentException("A parent of '" + kind + "' in pipeline '" + pipeline
                        + "' belongs to another pipeline; all streams of an operation must belong to the same one");
            }
        }

        private void requireNotFrozen(String what) {
            if (frozen) {
                throw new IllegalStateException(
                        "Pipeline '" + pipeline + "' was started before, which froze its graph: " + what
                                + " any more; define everything before start()");
            }
        }
    }
}
