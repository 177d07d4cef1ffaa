package io.dstream.boot;

import io.dstream.StreamingContext;

/** Defines the streams of one pipeline; a bean annotated with {@link StreamPipeline}, which gives the pipeline its name. */
@FunctionalInterface
public interface StreamDefinition {

    /**
     * Describes the pipeline's streams and at least one output. Called once, by the thread that starts the application,
     * when all its singletons are there, and not again when pipelines are restarted; an exception fails the start. Called
     * once for every test method of a test slice.
     *
     * @param streams the pipeline's own context; started and stopped with the application, not from here
     */
    void define(StreamingContext streams);
}
