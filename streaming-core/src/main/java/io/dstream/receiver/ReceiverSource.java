package io.dstream.receiver;

import io.dstream.event.ReceiverInfo;
import io.dstream.function.StreamingException;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The input that a receiver feeds: what it stores becomes blocks, and every batch gets the blocks there are.
 *
 * @param <T> type of the records
 */
public final class ReceiverSource<T> implements InputSource<T> {

    private final Receiver<T> receiver;
    private final ReceiverSettings settings;

    // Mutable state
    private volatile @Nullable Intake<T> intake; // what one start of the pipeline uses
    private @Nullable ReceiverSupervisor<T> last; // of the last start; only start looks at it

    public ReceiverSource(Receiver<T> receiver, ReceiverSettings settings) {
        this.receiver = receiver;
        this.settings = settings;
    }

    /**
     * Lines of text from a TCP server: UTF-8, ended by {@code \n}, {@code \r} or both.
     *
     * @param host the server's name or address
     * @param port its port, 1 to 65535
     * @throws IllegalArgumentException if {@code port} is out of range
     */
    public static ReceiverSource<String> socketText(String host, int port, ReceiverSettings settings) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("'port' must be from 1 to 65535, but was " + port);
        }
        return new ReceiverSource<>(new SocketTextReceiver(host, port, settings.maxLineLength()), settings);
    }

    @Override
    public String kind() {
        return receiver.kind();
    }

    @Override
    public void start(InputContext context) throws InterruptedException {
        if (last != null) {
            last.requireGone();
        }
        BlockTracker<T> tracker = new BlockTracker<>(context.maxRecordsPerBatch());
        BlockGenerator<T> generator = new BlockGenerator<>(
                context.pipeline() + "-" + context.input(),
                settings.blockInterval(),
                context.maxRecordsPerBatch(),
                context.clock(),
                tracker);
        ReceiverSupervisor<T> supervisor =
                new ReceiverSupervisor<>(receiver, generator, settings.restartDelay(), context);
        last = supervisor;
        intake = new Intake<>(tracker, generator, supervisor);
        generator.start();
        supervisor.start();
    }

    /** Records are in memory alone. */
    @Override
    public boolean isReadAgain() {
        return false;
    }

    @Override
    public Allocation allocate(Instant batchTime) {
        Intake<T> current = requireIntake();
        if (current.tracker().hasRoom()) {
            current.generator().cut();
        }
        List<Block<T>> blocks = current.tracker().allocate(batchTime);
        return new Allocation(BlockTracker.sizeOf(blocks), blocks.size() + " blocks");
    }

    @Override
    public boolean hasPending() {
        return requireIntake().tracker().hasUnallocated();
    }

    @Override
    public List<InputPartition<T>> read(Instant batchTime) {
        return requireIntake().tracker().blocksOf(batchTime).stream()
                .map(block -> InputPartition.of(block.records()))
                .toList();
    }

    @Override
    public void release(Instant upTo) {
        requireIntake().tracker().release(upTo);
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
    public void stop() {
        Intake<T> current = requireIntake();
        current.supervisor().initiateStop();
        current.generator().release();
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
            current.generator().close();
            current.supervisor().initiateStop();
        }
    }

    @Override
    public List<ReceiverInfo> receivers() {
        Intake<T> current = intake;
        return current == null ? List.of() : List.of(current.supervisor().info());
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
    private record Intake<T>(BlockTracker<T> tracker, BlockGenerator<T> generator, ReceiverSupervisor<T> supervisor) {}
}
