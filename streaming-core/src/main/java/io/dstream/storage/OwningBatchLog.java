package io.dstream.storage;

import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The logs of a directory, which let go of it when they are closed.
 *
 * @param inputsInFiles the inputs of which there were blocks when the log of blocks was opened
 * @param codec for the rows of blocks
 * @param writing whether blocks are written
 */
record OwningBatchLog(
        CheckpointDirectory directory,
        BatchLog log,
        WriteAheadLog writeAheadLog,
        Set<String> inputsInFiles,
        Codec<Object> codec,
        boolean writing)
        implements BatchLog {

    @Override
    public boolean isKept() {
        return log.isKept();
    }

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
    public long blockBytes() {
        return writeAheadLog.bytes();
    }

    @Override
    public void begin(LoggedRun run) throws IOException {
        log.begin(new LoggedRun(run.start(), run.batchInterval(), run.zeroTime(), partsAndInputsInFiles(run.parts())));
    }

    /**
     * While files have blocks of an input, its positions are kept too, whether or not the definition has it: without them, blocks of
     * batches that are over would be taken for new ones, should it have it again.
     */
    private List<Part> partsAndInputsInFiles(List<Part> defined) {
        List<Part> parts = new ArrayList<>(defined);
        for (String input : inputsInFiles) {
            if (defined.stream().noneMatch(part -> isInput(part, input))) {
                parts.add(partBefore(input));
            }
        }
        return parts;
    }

    private Part partBefore(String input) {
        LoggedRun last = log.checkpoint().lastRun();
        List<Part> before = last == null ? List.of() : last.parts();
        return before.stream()
                .filter(part -> isInput(part, input))
                .findFirst()
                .orElse(new Part(Role.INPUT, input, "", false));
    }

    private static boolean isInput(Part part, String input) {
        return part.role() == Role.INPUT && part.id().equals(input);
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
