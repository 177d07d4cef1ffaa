package io.dstream.output;

import io.dstream.function.MisconfigurationException;

/**
 * A system that takes the rows of each batch exactly once: it keeps beside them which batch they are of, and takes no batch twice.
 *
 * <p>A sink is a description, as a stream is: immutable, and it may be of several outputs. What is open during a run is in the
 * {@link SinkWriter} that it gives to each output.
 *
 * @param <T> type of the rows
 */
public interface BatchSink<T> {

    /** What kind of sink this is, such as {@code jdbc}: the first part of the id of an output that has no name. */
    String kind();

    /**
     * Opens the sink for a run of a pipeline, and fences all writers that were opened for the same output before, in this process or
     * another one: none of them has an effect after this has returned.
     *
     * <p>Called by the thread that starts the pipeline, before inputs are started. If the system is away, the start goes on, and the
     * batch thread calls it again until it is back; the first batch waits for that.
     *
     * @throws SinkUnavailableException if the system is away
     * @throws Exception if anything else is wrong; the pipeline does not start, or halts if it was started. A {@link
     *     MisconfigurationException} tells what to do
     */
    SinkWriter<T> open(SinkContext context) throws Exception;
}
