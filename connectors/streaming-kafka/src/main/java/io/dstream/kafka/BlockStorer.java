package io.dstream.kafka;

import io.dstream.time.StreamThread;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that stores the blocks of a {@link GroupMember}, which waits for as long as there is no room for them. */
final class BlockStorer<K, V> {

    private static final Logger log = LoggerFactory.getLogger(BlockStorer.class);
    private static final long END_MILLIS = 1_000;

    private final GroupMember.Storage<K, V> storage;
    private final StreamThread thread;
    private final BlockingQueue<ReadBlock<K, V>> blocks =
            new LinkedBlockingQueue<>(); // one at most: the member waits for it

    BlockStorer(String name, GroupMember.Storage<K, V> storage) {
        this.storage = storage;
        this.thread = StreamThread.daemon(name, this::run);
    }

    void start() {
        thread.start();
    }

    void store(ReadBlock<K, V> block) {
        blocks.add(block);
    }

    /** Ends the thread; a block that waits is not stored, one that is being written is. */
    void end() throws InterruptedException {
        thread.interrupt();
        thread.join(END_MILLIS);
    }

    private void run() {
        try {
            while (true) {
                ReadBlock<K, V> next = blocks.take();
                storage.store(next.records());
                next.stored().set();
            }
        } catch (InterruptedException end) {
            log.debug("{} was told to end", thread.getName());
        } catch (Throwable failure) {
            storage.fail("Records cannot be stored", failure);
        }
    }
}
