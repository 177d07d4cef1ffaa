package io.dstream.kafka;

/**
 * What a stream does when it was to go on at an offset that its topic does not have any more, because retention was faster, or
 * because the topic was deleted and made again.
 */
public enum LostOffsets {
    /** Fail the batch, and as a rule halt the pipeline: nothing is passed over without a word. */
    FAIL,
    /** Go on at the first record there is. */
    EARLIEST,
    /** Go on behind the last record there is. */
    LATEST
}
