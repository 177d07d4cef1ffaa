package io.dstream.scheduler;

import io.dstream.engine.Engine;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.StreamGraph;
import io.dstream.input.InputSource;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which RDD a node has for a batch time: made when it is asked for first, and the same from then on until it is forgotten.
 *
 * <p>Used by the batch thread alone.
 */
final class RddTable {

    private final String pipeline;
    private final StreamGraph graph;
    private final Engine engine;

    // Mutable state
    private final NavigableMap<Instant, Column> columns = new TreeMap<>();

    RddTable(String pipeline, StreamGraph graph, Engine engine) {
        this.pipeline = pipeline;
        this.graph = graph;
        this.engine = engine;
    }

    /** The RDD of a node; user functions of transforms run here, at most once. */
    RDD<?> rdd(Node node, Instant time) throws Exception {
        Column column = columns.computeIfAbsent(time, this::open);
        RDD<?> known = column.rdds.get(node);
        if (known == null) {
            known = make(node, time, column.scope);
            column.rdds.put(node, known);
        }
        return known;
    }

    /** Lets go of all RDDs up to a time; actions on them fail from now on. */
    void forget(Instant upTo) {
        NavigableMap<Instant, Column> over = columns.headMap(upTo, true);
        over.values().forEach(column -> column.scope.close());
        over.clear();
    }

    private Column open(Instant time) {
        String batch = "the batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline + "'";
        return new Column(engine.openBatch(batch), new IdentityHashMap<>());
    }

    private RDD<?> make(Node node, Instant time, RunScope scope) throws Exception {
        if (node instanceof Node.Input input) {
            return read(input.source(), graph.idOf(input), time, scope);
        }
        return transform((Node.Transform) node, time);
    }

    private static <T> RDD<T> read(InputSource<T> source, String id, Instant time, RunScope scope) throws Exception {
        return RDD.ofPartitions(scope, id, source.read(time));
    }

    private RDD<?> transform(Node.Transform node, Instant time) throws Exception {
        List<RDD<?>> parents = new ArrayList<>();
        for (Node parent : node.parents()) {
            parents.add(rdd(parent, time));
        }
        @Nullable RDD<?> made = node.function().call(parents, time);
        if (made == null) {
            throw new StreamingException("The function of '" + graph.idOf(node) + "' in pipeline '" + pipeline
                    + "' returned null; return an RDD without rows instead");
        }
        return made;
    }

    /** What belongs to one batch time. */
    private record Column(RunScope scope, IdentityHashMap<Node, RDD<?>> rdds) {}
}
