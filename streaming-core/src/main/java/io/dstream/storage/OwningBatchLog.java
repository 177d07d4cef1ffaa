package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;

/** A log that lets go of its directory when it is closed. */
record OwningBatchLog(CheckpointDirectory directory, BatchLog log) implements BatchLog {

    @Override
    public Checkpoint checkpoint() {
        return log.checkpoint();
    }

    @Override
    public void begin(LoggedRun run) throws IOException {
        log.begin(run);
    }

    @Override
    public void allocated(LoggedBatch batch) {
        log.allocated(batch);
    }

    @Override
    public void requireAllocated(Instant batchTime) throws IOException {
        log.requireAllocated(batchTime);
    }

    @Override
    public BatchCommit commit(Instant batchTime) {
        return log.commit(batchTime);
    }

    @Override
    public void committed(BatchCommit commit) throws IOException {
        log.committed(commit);
    }

    @Override
    public void close() throws IOException {
        try (directory) {
            log.close();
        }
    }
}
