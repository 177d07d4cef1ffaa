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
     * Writes a block, and returns when it is safe.
     *
     * @param number of the block among those of the input, at least 0; written again, it takes the place of the first
     * @param rows not modified meanwhile
     * @throws IOException if it cannot be written
     * @throws StreamingException if a row cannot be encoded, naming the class and the remedy
     */
    public void write(long number, List<?> rows) throws IOException {
        List<byte[]> chunks = new ArrayList<>();
        for (int from = 0; from < rows.size(); from += CHUNK_ROWS) {
            chunks.add(codec.encode(new ArrayList<>(rows.subList(from, Math.min(from + CHUNK_ROWS, rows.size())))));
        }
        log.write(input, number, rows.size(), chunks);
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
