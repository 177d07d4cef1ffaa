package io.dstream.input;

import io.dstream.function.StreamingException;
import io.dstream.storage.BlockLog;
import io.dstream.storage.LoggedBlock;
import io.dstream.storage.Progress;
import io.dstream.storage.StoredRows;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of an input that cannot be read again from where they came: writes them to the write-ahead log, if there is one, and
 * knows after a restart which batch had which.
 *
 * <p>Blocks are numbered as they are written, and go to batches in this order. So the one position of the input tells everything:
 * the record at which the next batch begins.
 *
 * <p>One thread at a time writes; otherwise thread-safe.
 *
 * @param <T> type of the records
 */
public final class LoggedBlocks<T> {

    private static final Logger log = LoggerFactory.getLogger(LoggedBlocks.class);
    private static final String POSITION = "next-block";

    private final @Nullable BlockLog blockLog; // null: there is none, in which anything could be found
    private final Map<Instant, List<Block<T>>> batches;
    private final List<List<Block<T>>> waiting;

    // Mutable state, of the thread that writes
    private long next; // number of the next block

    // Mutable state, of the thread that allocates
    private Position reached; // up to where records are in batches

    private LoggedBlocks(
            @Nullable BlockLog blockLog,
            Map<Instant, List<Block<T>>> batches,
            List<List<Block<T>>> waiting,
            Position reached,
            long next) {
        this.blockLog = blockLog;
        this.batches = batches;
        this.waiting = waiting;
        this.reached = reached;
        this.next = next;
    }

    /** Those of an input that has never run and has no log. */
    public static <T> LoggedBlocks<T> none() {
        return new LoggedBlocks<>(null, Map.of(), List.of(), Position.START, 0);
    }

    /** Lets go of the blocks of an input that the definition does not have any more, as far as their batches are over. */
    public static void release(Progress progress, BlockLog log) {
        log.release(Position.of(progress.positions(), Position.START).block() - 1);
    }

    /**
     * Those of an input that starts.
     *
     * @throws StreamingException if the log has lost a block that is to be read again
     * @throws IllegalArgumentException if the input has a position that is none
     */
    public static <T> LoggedBlocks<T> of(InputContext context) {
        BlockLog log = context.log();
        return log == null ? none() : new Recovery<T>(context, log).recovered();
    }

    /** The blocks of the batches that are to be read again, without those that were allocated without a log. */
    public Map<Instant, List<Block<T>>> batches() {
        return batches;
    }

    /** The blocks that earlier runs have accepted, and that are in no batch yet, in their order; those together that were written so. */
    public List<List<Block<T>>> waiting() {
        return waiting;
    }

    /** Whether blocks are written to the log, so that they are there again after a crash. */
    public boolean isWriting() {
        return blockLog != null && blockLog.isWriting();
    }

    /** As {@link #write(List, List)}, of one block. */
    public Block<T> write(List<T> records, StoredRows<T> rows) {
        return write(List.of(records), List.of(rows)).get(0);
    }

    /**
     * Makes blocks of records, and returns when all are in the log, if there is one.
     *
     * @param records of each block; at least one block
     * @param rows the same records as they are kept for the batch
     * @throws SourceUnavailableException if the log cannot be written: there are no blocks, and whoever wants them calls again
     * @throws StreamingException if a record cannot be encoded, naming the class and the remedy
     */
    public List<Block<T>> write(List<List<T>> records, List<? extends StoredRows<T>> rows) {
        if (blockLog == null || !blockLog.isWriting()) {
            return rows.stream().<Block<T>>map(Block::of).toList();
        }
        try {
            blockLog.write(next, records);
        } catch (IOException failure) {
            throw new SourceUnavailableException(
                    failure.getMessage() + "; records wait until there is room on the disk of"
                            + " streaming.checkpoint.directory and it can be written",
                    failure);
        }
        return rows.stream().<Block<T>>map(block -> Block.logged(next++, block)).toList();
    }

    /**
     * What is written down with a batch.
     *
     * @param blocks those of the batch
     * @return the position at which the next batch begins; empty if there is no log, nor is a block of one in the batch
     */
    public Map<String, String> positions(List<Block<T>> blocks) {
        List<Block<T>> logged = blocks.stream().filter(Block::isLogged).toList();
        if (!logged.isEmpty()) {
            reached = Position.after(logged.get(logged.size() - 1));
        }
        return isWriting() || !logged.isEmpty() ? Map.of(POSITION, reached.text()) : Map.of();
    }

    /** Lets go of blocks whose batches are over. */
    public void release(Collection<Block<T>> blocks) {
        long last = blocks.stream()
                .filter(Block::isEnd)
                .mapToLong(Block::number)
                .max()
                .orElse(-1);
        if (blockLog != null && last >= 0) {
            blockLog.release(last);
        }
    }

    /**
     * A place between two records.
     *
     * @param block the number of the block of the record after it
     * @param record the number of this record in the block, from 0
     */
    private record Position(long block, int record) {

        static final Position START = new Position(0, 0);

        static Position after(Block<?> block) {
            return block.isEnd() ? new Position(block.number() + 1, 0) : new Position(block.number(), block.until());
        }

        /** The position that was written down; another one if there is none. */
        static Position of(Map<String, String> positions, Position other) {
            String text = positions.get(POSITION);
            return text == null ? other : parse(text);
        }

        private static Position parse(String text) {
            String[] parts = text.split(" ", -1);
            try {
                return new Position(Long.parseLong(parts[0]), Integer.parseInt(parts[1]));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException malformed) {
                throw new IllegalArgumentException(
                        "The position '" + POSITION
                                + "' must be the numbers of a block and of a record in it, such as '12 0', but was '"
                                + text + "'",
                        malformed);
            }
        }

        String text() {
            return block + " " + record;
        }
    }

    /** Finds out what earlier runs have left. */
    private static final class Recovery<T> {

        private final InputContext context;
        private final BlockLog blockLog;
        private final NavigableMap<Long, LoggedBlock> found = new TreeMap<>();

        // Mutable state
        private Position reached; // up to where records are in batches

        Recovery(InputContext context, BlockLog blockLog) {
            this.context = context;
            this.blockLog = blockLog;
            this.reached = Position.of(context.progress().positions(), Position.START);
        }

        LoggedBlocks<T> recovered() {
            blockLog.release(reached.block() - 1);
            blockLog.blocks(reached.block()).forEach(block -> found.put(block.number(), block));
            Progress progress = context.progress();
            Map<Instant, List<Block<T>>> batches = new TreeMap<>();
            progress.batches().forEach((time, positions) -> {
                if (positions.containsKey(POSITION)) {
                    batches.put(time, blocksOf(time, positions));
                }
            });
            List<List<Block<T>>> waiting = waiting();
            long last = found.isEmpty() ? -1 : found.lastKey();
            tell(waiting);
            return new LoggedBlocks<>(blockLog, batches, waiting, reached, Math.max(reached.block(), last + 1));
        }

        private List<Block<T>> blocksOf(Instant time, Map<String, String> positions) {
            Position end = Position.of(positions, reached);
            List<Block<T>> blocks = new ArrayList<>();
            while (reached.block() < end.block()) {
                StoredRows<T> rows = rows(reached.block(), "batch " + time);
                blocks.add(new Block<>(reached.block(), rows, reached.record(), rows.size()));
                reached = new Position(reached.block() + 1, 0);
            }
            if (reached.record() < end.record()) {
                StoredRows<T> rows = rows(reached.block(), "batch " + time);
                blocks.add(new Block<>(reached.block(), rows, reached.record(), end.record()));
                reached = end;
            }
            return blocks;
        }

        private List<List<Block<T>>> waiting() {
            if (reached.record() > 0) {
                rows(reached.block(), "the next batch");
            }
            List<List<Block<T>>> writes = new ArrayList<>();
            List<Block<T>> blocks = new ArrayList<>(); // of the last write
            for (LoggedBlock block : found.tailMap(reached.block(), true).values()) {
                int from = block.number() == reached.block() ? reached.record() : 0;
                blocks.add(new Block<>(block.number(), blockLog.rows(block), from, block.records()));
                if (block.isLast()) {
                    writes.add(blocks);
                    blocks = new ArrayList<>();
                }
            }
            return writes;
        }

        private StoredRows<T> rows(long number, String batch) {
            LoggedBlock block = found.get(number);
            if (block == null) {
                throw new StreamingException("Block " + number + " of input '" + context.input() + "' of pipeline '"
                        + context.pipeline() + "', which " + batch
                        + " has to read, is not in the write-ahead log. Restore"
                        + " the files of the pipeline's checkpoint directory, or remove all of them to begin anew");
            }
            return blockLog.rows(block);
        }

        private void tell(List<List<Block<T>>> waiting) {
            if (!waiting.isEmpty()) {
                log.info(
                        "The first batches of pipeline '{}' get {} records of input '{}' that were accepted before",
                        context.pipeline(),
                        waiting.stream()
                                .flatMap(List::stream)
                                .mapToLong(Block::size)
                                .sum(),
                        context.input());
            }
        }
    }
}
