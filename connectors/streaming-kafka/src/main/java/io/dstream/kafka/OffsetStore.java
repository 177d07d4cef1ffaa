package io.dstream.kafka;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;

/**
 * Where a direct stream keeps how far it has come, so that another instance of its service, with a directory of its own or none, goes on
 * behind it. Given to a stream by {@link ConsumerStrategy#withOffsetStore}; without one, the batch log alone keeps offsets.
 *
 * <p>The offsets are those of a group. One session at a time may save them: whoever opens one fences all that were opened before, as a
 * compare-and-set on an epoch does which every opening raises.
 *
 * <p>A store is a description, as a stream is: immutable, and it may be of several streams. What is open during a run is in the {@link
 * OffsetStoreSession}.
 */
public interface OffsetStore {

    /** What it is, for people: such as {@code table 'dstream_offsets'}. */
    String description();

    /**
     * Raises the epoch of a group, so that no session that was opened before saves anything after this has returned, and reads what is
     * saved.
     *
     * <p>Called by the thread that starts the pipeline. If the system is away, the start goes on, and the ticker thread or the batch
     * thread calls it again until it is back; the first batch waits for that.
     *
     * @throws SourceUnavailableException if the system is away or busy
     * @throws SinkConflictException if another instance has opened a session meanwhile
     * @throws Exception if anything else is wrong; the pipeline does not start, or halts if it was started
     */
    OffsetStoreSession open(OffsetStoreContext context) throws Exception;
}
