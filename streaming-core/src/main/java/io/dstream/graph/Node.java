package io.dstream.graph;

import io.dstream.function.Function2;
import io.dstream.input.InputSource;
import io.dstream.rdd.RDD;
import io.dstream.state.StateTypes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a stream comes about: for every batch time it stands for one RDD.
 *
 * <p>Immutable, and told apart by identity.
 */
public abstract sealed class Node {

    private final String kind;
    private final List<Node> parents;
    private final Duration slide;

    private Node(String kind, List<Node> parents, Duration slide) {
        this.kind = kind;
        this.parents = List.copyOf(parents);
        this.slide = slide;
    }

    /** What the operator is called, such as {@code map}: the first part of its id if it has no name. */
    public final String kind() {
        return kind;
    }

    public final List<Node> parents() {
        return parents;
    }

    /** The time between two RDDs: the batch interval, or a multiple of it above a window. */
    public final Duration slide() {
        return slide;
    }

    /** How far it reaches back to the rows of its parents: zero if it takes those of its own batch only. */
    public Duration reach() {
        return Duration.ZERO;
    }

    /**
     * Makes sure that a stream can have such windows.
     *
     * @throws IllegalArgumentException if length or slide is not positive or no multiple of the stream's slide
     */
    public static void requireWindow(Node stream, Duration length, Duration slide) {
        requireMultiple("length", length, stream.slide);
        requireMultiple("slide", slide, stream.slide);
    }

    private static void requireMultiple(String name, Duration value, Duration unit) {
        if (value.isNegative() || value.isZero() || !isMultiple(value, unit)) {
            throw new IllegalArgumentException(
                    "The " + name + " of a window must be positive and a multiple of the slide" + " of its stream, "
                            + unit + ", but was " + value);
        }
    }

    /** Batch times are milliseconds, so what is less or longer than these can tell is no multiple of any slide. */
    private static boolean isMultiple(Duration value, Duration unit) {
        return value.compareTo(Duration.ofMillis(Long.MAX_VALUE)) <= 0
                && value.equals(Duration.ofMillis(value.toMillis()))
                && value.toMillis() % unit.toMillis() == 0;
    }

    /** The records of an input. */
    public static final class Input extends Node {

        private final InputSource<?> source;

        /**
         * @param batchInterval the batch interval of the pipeline
         */
        public Input(InputSource<?> source, Duration batchInterval) {
            super(source.kind(), List.of(), batchInterval);
            this.source = source;
        }

        /** The source it was defined with; {@link StreamGraph#sourceOf} tells what it reads. */
        InputSource<?> source() {
            return source;
        }
    }

    /** What a function makes of the parents' RDDs, once per batch. */
    public static final class Transform extends Node {

        private final Function2<List<RDD<?>>, Instant, RDD<?>> function;

        /**
         * @param kind what the operator is called
         * @param parents the streams it is made of, at least one
         * @param function gets the parents' RDDs in their order, and the batch time
         * @throws IllegalArgumentException if there is no parent, or the parents have different slides
         */
        public Transform(String kind, List<Node> parents, Function2<List<RDD<?>>, Instant, RDD<?>> function) {
            super(kind, parents, commonSlide(kind, parents));
            this.function = function;
        }

        private static Duration commonSlide(String kind, List<Node> parents) {
            List<Duration> slides = parents.stream().map(Node::slide).distinct().toList();
            if (slides.isEmpty()) {
                throw new IllegalArgumentException(
                        "A " + kind + " must have at least one stream, but there are no streams");
            }
            if (slides.size() > 1) {
                throw new IllegalArgumentException(
                        "The streams of a " + kind + " must have the same slide, but their slides are " + slides);
            }
            return slides.get(0);
        }

        public Function2<List<RDD<?>>, Instant, RDD<?>> function() {
            return function;
        }
    }

    /** The rows that the parent had in the last batches, one batch after the other. */
    public static final class Window extends Node {

        private final Node parent;
        private final Duration length;
        private final boolean sinceLast;

        /**
         * @param parent the stream whose rows are gathered
         * @param length how far it reaches back: a multiple of the parent's slide
         * @param slide the time between two windows: a multiple of the parent's slide
         * @throws IllegalArgumentException if one of them is not
         */
        public Window(Node parent, Duration length, Duration slide) {
            this(parent, length, slide, false);
        }

        private Window(Node parent, Duration length, Duration slide, boolean sinceLast) {
            super(kind(sinceLast), List.of(parent), slide);
            requireWindow(parent, length, slide);
            this.parent = parent;
            this.length = length;
            this.sinceLast = sinceLast;
        }

        /** A window that an operator makes for itself is not counted among those of users, whose ids it would change. */
        private static String kind(boolean sinceLast) {
            return sinceLast ? "windowSinceLast" : "window";
        }

        /** As a window, but without what the last one had that was committed: one slide back, further after a skipped batch. */
        public static Window sinceLast(Node parent, Duration length, Duration slide) {
            return new Window(parent, length, slide, true);
        }

        public Node parent() {
            return parent;
        }

        public Duration length() {
            return length;
        }

        @Override
        public Duration reach() {
            return length;
        }

        public boolean isSinceLast() {
            return sinceLast;
        }
    }

    /** A node that keeps a state for every key; in every batch it is due, all its partitions are evaluated once. */
    public abstract static sealed class Stateful extends Node {

        private final Node parent;
        private final int partitions;
        private final boolean valuesOnly;

        private Stateful(String kind, Node parent, Duration slide, int partitions, boolean valuesOnly) {
            super(kind, List.of(parent), slide);
            this.parent = parent;
            this.partitions = partitions;
            this.valuesOnly = valuesOnly;
        }

        /** Whether the rows of its stream are all keys with their states, in place of what its function gives. */
        public abstract boolean givesStates();

        /** Whether the rows of its stream are the values of the pairs that they would be. */
        public final boolean isValuesOnly() {
            return valuesOnly;
        }

        public final Node parent() {
            return parent;
        }

        /** As {@link StateFunction#madeOf}. */
        public Duration madeOf() {
            return Duration.ZERO;
        }

        /** As {@link StateFunction#expires}. */
        public boolean expires() {
            return false;
        }

        /** What the program declares of its keys and states; null if it does not. */
        public @Nullable StateTypes types() {
            return null;
        }

        /** The number of partitions of its state; 0 for the engine's usual number. */
        public final int partitions() {
            return partitions;
        }
    }

    /** What a function makes of each key's values in a batch and its state. */
    public static final class State extends Stateful {

        private final StateFunction<?, ?, ?, ?> function;
        private final @Nullable StateTypes types;

        /**
         * @param kind what the operator is called
         * @param parent a stream of pairs
         * @param partitions the number of partitions; 0 for the engine's usual number
         * @param types what the program declares of keys and states; null if it does not
         * @param valuesOnly whether the stream has the values in place of the pairs
         */
        public State(
                String kind,
                Node parent,
                int partitions,
                StateFunction<?, ?, ?, ?> function,
                @Nullable StateTypes types,
                boolean valuesOnly) {
            super(kind, parent, parent.slide(), partitions, valuesOnly);
            this.function = function;
            this.types = types;
        }

        @Override
        public @Nullable StateTypes types() {
            return types;
        }

        @Override
        public boolean givesStates() {
            return function.givesStates();
        }

        @Override
        public Duration madeOf() {
            return function.madeOf();
        }

        @Override
        public boolean expires() {
            return function.expires();
        }

        public StateFunction<?, ?, ?, ?> function() {
            return function;
        }
    }

    /** One value for each key of a window, kept up by adding what comes in and taking away what goes out. */
    public static final class ReducedWindow extends Stateful {

        private final Duration length;
        private final WindowReduction<?, ?> reduction;

        /**
         * @param kind what the operator is called
         * @param parent a stream of pairs with one value for each key of a batch
         * @param length how far it reaches back: a multiple of the parent's slide
         * @param slide the time between two windows: a multiple of the parent's slide
         * @param partitions the number of partitions; 0 for the engine's usual number
         * @param valuesOnly whether the stream has the values in place of the pairs
         * @throws IllegalArgumentException if length or slide are not as asked for
         */
        public ReducedWindow(
                String kind,
                Node parent,
                Duration length,
                Duration slide,
                int partitions,
                WindowReduction<?, ?> reduction,
                boolean valuesOnly) {
            super(kind, parent, slide, partitions, valuesOnly);
            requireWindow(parent, length, slide);
            this.length = length;
            this.reduction = reduction;
        }

        @Override
        public boolean givesStates() {
            return true;
        }

        public Duration length() {
            return length;
        }

        /** What goes out of a window was in the one before; if they have no batch in common, everything goes out. */
        @Override
        public Duration reach() {
            return slide().compareTo(length) > 0 ? length : length.plus(slide());
        }

        public WindowReduction<?, ?> reduction() {
            return reduction;
        }
    }

    /** The state of every key of a stateful node, after the batch. */
    public static final class Snapshots extends Node {

        private final Stateful state;

        public Snapshots(Stateful state) {
            super("stateSnapshots", List.of(state), state.slide());
            this.state = state;
        }

        public Stateful state() {
            return state;
        }
    }
}
