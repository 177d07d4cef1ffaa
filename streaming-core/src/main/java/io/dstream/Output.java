package io.dstream;

import io.dstream.graph.OutputOperation;
import io.dstream.graph.StreamGraph;

/** An output operation that was added to a pipeline, to give it a name. */
public final class Output {

    private final StreamGraph.Builder graph;
    private final OutputOperation operation;

    Output(StreamGraph.Builder graph, OutputOperation operation) {
        this.graph = graph;
        this.operation = operation;
    }

    /**
     * Gives the output a name, which is its id in events and wherever its progress is kept; without one it is known by
     * its kind and number, such as {@code print-0}.
     *
     * @param name letters, digits, {@code .}, {@code _} and {@code -}; unique in the pipeline
     * @return this output
     * @throws IllegalArgumentException if the name is not of this form or given twice
     * @throws IllegalStateException if the pipeline was started
     */
    public Output named(String name) {
        graph.name(operation, name);
        return this;
    }
}
