package io.dstream.kafka;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of records that a batch was to have and that are gone.
 *
 * <p>Thread-safe.
 */
final class Losses {

    private static final Logger log = LoggerFactory.getLogger(Losses.class);

    private final StreamStatus status;
    private final LostOffsets policy;

    Losses(StreamStatus status, LostOffsets policy) {
        this.status = status;
        this.policy = policy;
    }

    /** Whether a batch goes on without them. */
    boolean arePassedOver() {
        return policy != LostOffsets.FAIL;
    }

    /** Ends a fetch whose other records are gone: with those it has, or with a failure. */
    void end(Fetch<?> fetch, String reason) {
        if (arePassedOver()) {
            passOver(fetch, fetch.range().untilOffset(), reason);
            fetch.complete();
        } else {
            fetch.fail(new OffsetsLostException(
                    "Records " + fetch.range() + " of input " + status.name() + " are gone: " + reason));
        }
    }

    /** Has a fetch go on at a later offset. */
    void passOver(Fetch<?> fetch, long until, String reason) {
        long records = until - fetch.next();
        log.warn("Input {} goes on without {} records of {}: {}", status.name(), records, fetch.range(), reason);
        status.lost(records);
        fetch.skipTo(until);
    }
}
