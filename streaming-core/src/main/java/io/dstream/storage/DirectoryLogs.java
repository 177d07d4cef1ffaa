package io.dstream.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Opens the logs in the directory of a pipeline. */
record DirectoryLogs(Path parent, String pipeline, Codec<Object> codec, int retain, boolean writeAhead)
        implements BatchLogs {

    @Override
    public String place() {
        return parent.resolve(pipeline).toAbsolutePath().toString();
    }

    @Override
    public boolean exist() {
        return !Files.notExists(parent.resolve(pipeline)); // where nobody may look, a start tells so
    }

    @Override
    public BatchLog open(IntConsumer percents) throws IOException {
        CheckpointDirectory directory = CheckpointDirectory.open(parent, pipeline);
        try {
            return withBlocks(directory, directory.batchLog(codec, retain, percents));
        } catch (IOException | RuntimeException | Error failure) {
            closeAfter(failure, directory);
            throw failure;
        }
    }

    private BatchLog withBlocks(CheckpointDirectory directory, BatchLog batchLog) throws IOException {
        try {
            WriteAheadLog blocks = directory.writeAheadLog();
            return new OwningBatchLog(directory, batchLog, blocks, blocks.inputs(), codec, writeAhead);
        } catch (IOException | RuntimeException | Error failure) {
            closeAfter(failure, batchLog);
            throw failure;
        }
    }

    private static void closeAfter(Throwable failure, AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception second) {
            failure.addSuppressed(second);
        }
    }
}
