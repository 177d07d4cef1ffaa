package io.dstream.receiver;

import io.dstream.event.ReceiverInfo;
import io.dstream.function.StreamingException;
import io.dstream.input.Allocation;
import io.dstream.input.Block;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.RateController;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input that a receiver feeds: what it stores becomes blocks, and every batch gets the blocks there are.
 *
 * @param <T> type of the records
 */
public final class ReceiverSource<T> implements InputSource<T> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Receiver<T> receiver;
    private final ReceiverSettings settings;
    private final Path directory;
    private final Codec<Object> codec;

    // Mutable state
    private volatile @Nullable Intake<T> intake; // what one start of the pipeline uses
    private @Nullable ReceiverSupervisor<T> last; // of the last start; only start looks at it

    /**
     * @param receiver used by this input alone
     * @param settings how it behaves
     * @param directory where files are made, if its storage level asks for them
     * @param codec for records in files, and for those that come as bytes
     */
    public ReceiverSource(Receiver<T> receiver, ReceiverSettings settings, Path directory, Codec<Object> codec) {
        this.receiver = receiver;
        this.settings = settings;
        this.directory = directory;
        this.codec = codec;
    }

    @Override
    public String kind() {
        return receiver.kind();
    }

    /**
     * Starts the receiver, unless its configuration is refused by {@link Receiver#checkConfiguration}.
     *
     * @throws IOException if its blocks may be in files and none can be written
     * @throws IllegalStateException if a thread of the last start has not ended, or the receiver feeds another stream
     */
    @Override
    public void start(InputContext context) throws InterruptedException, IOException {
        if (last != null) {
            last.requireGone();
        }
        receiver.checkConfiguration();
        context.rate().follow(settings.maxRate() == null ? RateController.UNLIMITED : settings.maxRate());
        Intake<T> made = intake(context);
        intake = made;
        made.blocks().requireWritable(receiver.storageLevel());
        made.supervisor().start();
        last = made.supervisor();
        made.generator().start();
    }

    /** Half of the memory is for blocks; a quarter for what is to be a block, and as much for a block that finds little room. */
    private Intake<T> intake(InputContext context) {
        String name = context.pipeline() + "-" + context.input();
        StorageLevel level = receiver.storageLevel();
        BlockStore blocks = new BlockStore(
                name,
                directory,
                new BlockStore.Bounds(settings.maxMemory() / 2, context.maxRecordsPerBatch(), settings.maxDisk()),
                codec);
        LoggedBlocks<T> log = LoggedBlocks.of(context);
        BlockTracker<T> tracker = new BlockTracker<>(context.maxRecordsPerBatch(), () -> blocks.hasRoom(level));
        tracker.restore(
                log.batches(), log.waiting().stream().flatMap(List::stream).toList());
        ReceiverReport report = new ReceiverReport(nameOf(receiver.getClass()), context, blocks);
        BlockGenerator<T> generator = new BlockGenerator<>(
                name,
                new BlockGenerator.Limits(
                        settings.blockInterval(), context.maxRecordsPerBatch(), settings.maxMemory() / 4),
                level,
                context.clock(),
                new RateLimiter(context.rate(), context.clock()),
                blocks,
                tracker,
                log,
                failure -> report.error("Records cannot be kept where they are to be", failure));
        ReceiverSupervisor<T> supervisor = new ReceiverSupervisor<>(
                receiver, generator, report, codec, settings.restartDelay(), PATIENCE, context);
        return new Intake<>(blocks, tracker, log, generator, report, supervisor);
    }

    /** An anonymous class has no simple name. */
    private static String nameOf(Class<?> type) {
        String name = type.getName();
        return type.isAnonymousClass() ? name.substring(name.lastIndexOf('.') + 1) : type.getSimpleName();
    }

    /** Records are in memory alone, unless they are logged. */
    @Override
    public boolean isReadAgain() {
        Intake<T> current = intake;
        return current != null && current.log().isWriting();
    }

    /** Without those that could not be encoded. */
    @Override
    public long recordsReadAgain(Instant batchTime, long allocated) {
        return BlockTracker.sizeOf(requireIntake().log().batches().getOrDefault(batchTime, List.of()));
    }

    @Override
    public Allocation allocate(Instant batchTime) {
        Intake<T> current = requireIntake();
        current.generator().cutForBatch();
        List<Block<T>> blocks = current.tracker().allocate(batchTime);
        return new Allocation(
                BlockTracker.sizeOf(blocks),
                blocks.size() + " blocks",
                current.log().positions(blocks));
    }

    @Override
    public boolean hasPending() {
        Intake<T> current = requireIntake();
        return current.tracker().hasUnallocated() || current.generator().hasUncut();
    }

    @Override
    public List<InputPartition<T>> read(Instant batchTime) {
        return requireIntake().tracker().blocksOf(batchTime).stream()
                .map(Block::partition)
                .toList();
    }

    @Override
    public void release(Instant upTo) {
        Intake<T> current = requireIntake();
        current.log().release(current.tracker().release(upTo));
    }

    @Override
    public void pause() {
        setPaused(true);
    }

    @Override
    public void resume() {
        setPaused(false);
    }

    @Override
    public void initiateStop() {
        Intake<T> current = requireIntake();
        current.supervisor().initiateStop();
        current.generator().stopWaiting();
    }

    @Override
    public void stop() {
        Intake<T> current = requireIntake();
        initiateStop();
        try {
            current.supervisor().awaitStop();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new StreamingException("Interrupted while a receiver was stopping", interruption);
        } finally {
            current.generator().close();
        }
    }

    @Override
    public void close() {
        Intake<T> current = intake;
        intake = null;
        if (current != null) {
            current.supervisor().initiateStop(); // first: whoever is refused then is no failure of the receiver
            current.generator().close();
            current.blocks().close();
        }
    }

    @Override
    public List<ReceiverInfo> receivers() {
        Intake<T> current = intake;
        return current == null ? List.of() : List.of(current.report().info());
    }

    private void setPaused(boolean paused) {
        Intake<T> current = intake;
        if (current != null) {
            current.generator().setPaused(paused);
        }
    }

    private Intake<T> requireIntake() {
        Intake<T> current = intake;
        if (current == null) {
            throw new IllegalStateException("The receiver's input is not started");
        }
        return current;
    }

    /** The way from the receiver to the batches. */
    private record Intake<T>(
            BlockStore blocks,
            BlockTracker<T> tracker,
            LoggedBlocks<T> log,
            BlockGenerator<T> generator,
            ReceiverReport report,
            ReceiverSupervisor<T> supervisor) {}
}
