package io.dstream.graph;

import io.dstream.function.Function2;
import io.dstream.input.InputSource;
import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.List;

/**
 * How a stream comes about: for every batch time it stands for one RDD.
 *
 * <p>Immutable, and told apart by identity.
 */
public abstract sealed class Node {

    private final String kind;
    private final List<Node> parents;

    private Node(String kind, List<Node> parents) {
        this.kind = kind;
        this.parents = List.copyOf(parents);
    }

    /** What the operator is called, such as {@code map}: the first part of its id if it has no name. */
    public final String kind() {
        return kind;
    }

    public final List<Node> parents() {
        return parents;
    }

    /** The records of an input. */
    public static final class Input extends Node {

        private final InputSource<?> source;

        public Input(InputSource<?> source) {
            super(source.kind(), List.of());
            this.source = source;
        }

        public InputSource<?> source() {
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
         */
        public Transform(String kind, List<Node> parents, Function2<List<RDD<?>>, Instant, RDD<?>> function) {
            super(kind, parents);
            if (parents.isEmpty()) {
                throw new IllegalArgumentException("'parents' of a " + kind + " must not be empty");
            }
            this.function = function;
        }

        public Function2<List<RDD<?>>, Instant, RDD<?>> function() {
            return function;
        }
    }
}
