package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a write-ahead log that belongs to one input: rows go in, and after a restart come out again.
 *
 * <p>Thread-safe.
 */
public final class BlockLog {

    /** So many rows are encoded together: enough for classes to be named seldom, and few enough to be objects at once. */
    private static final int CHUNK_ROWS = 1_000;

    private final WriteAheadLog log;
    private final String input;
    private final Codec<Object> codec;
    private final boolean writing;

    /**
     * @param input the id of the input
     * @param codec for the rows
     * @param writing whether blocks are to be written; else those that earlier runs have written are read only
     */
    public BlockLog(WriteAheadLog log, String input, Codec<Object> codec, boolean writing) {
        this.log = log;
        this.input = input;
        this.codec = codec;
        this.writing = writing;
    }

    /** Whether blocks are to be written. */
    public boolean isWriting() {
        return writing;
    }

    /**
     * Writes blocks, and returns when they are safe; if it fails, none of them counts.
     *
     * @param first the number of the first block among those of the input, at least 0; written again, a block takes the place of the
     *     first of its number
     * @param blocks the rows of each, not modified meanwhile; at least one block
     * @throws IOException if they cannot be written
     * @throws StreamingException if a row cannot be encoded, naming the class and the remedy
     */
    public void write(long first, List<? extends List<?>> blocks) throws IOException {
        List<JournalRecord> records = new ArrayList<>();
        for (List<?> rows : blocks) {
            records.add(WriteAheadLog.block(input, first + records.size(), rows.size(), chunks(rows)));
        }
        log.write(input, first + blocks.size() - 1, records);
    }

    private List<byte[]> chunks(List<?> rows) {
        List<byte[]> chunks = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += CHUNK_ROWS) {
            chunks.add(codec.encode(new ArrayList<>(rows.subList(from, Math.min(from + CHUNK_ROWS, rows.size())))));
        }
        return chunks;
    }

    /** The blocks that earlier runs have written, from a number on, in their order. */
    public List<LoggedBlock> blocks(long from) {
        return log.blocks(input, from);
    }

    /** The rows of one of these blocks, which are read from the log whenever they are opened. */
    public <T> StoredRows<T> rows(LoggedBlock block) {
        return new RecoveredRows<>(block, codec);
    }

    /**
     * Lets go of blocks that no batch reads any more.
     *
     * @param upTo the number of the last of them
     */
    public void release(long upTo) {
        log.release(input, upTo);
    }
}
