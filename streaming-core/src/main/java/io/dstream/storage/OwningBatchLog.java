package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.Set;

/**
 * The logs of a directory, which let go of it when they are closed.
 *
 * @param codec for the rows of blocks
 * @param writing whether blocks are written
 */
record OwningBatchLog(
        CheckpointDirectory directory, BatchLog log, WriteAheadLog writeAheadLog, Codec<Object> codec, boolean writing)
        implements BatchLog {

    @Override
    public Checkpoint checkpoint() {
        return log.checkpoint();
    }

    @Override
    public BlockLog blocks(String input) {
        return new BlockLog(writeAheadLog, input, codec, writing);
    }

    @Override
    public Set<String> inputsWithBlocks() {
        return writeAheadLog.inputs();
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
        try (directory;
                writeAheadLog) {
            log.close();
        }
    }
}
