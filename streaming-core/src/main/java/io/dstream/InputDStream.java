package io.dstream;

import io.dstream.input.InputSource;

/**
 * A stream of an input: what connectors extend whose streams can do more than others, such as committing offsets. One that has
 * nothing to add uses {@link StreamingContext#inputStream}.
 *
 * @param <T> type of the rows
 */
public abstract non-sealed class InputDStream<T> extends DStream<T> {

    /**
     * @param source used by this stream alone
     * @throws IllegalStateException if the pipeline was started
     */
    protected InputDStream(StreamingContext context, InputSource<T> source) {
        super(context, context.addInput(source));
    }
}
