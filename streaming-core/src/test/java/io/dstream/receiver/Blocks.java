package io.dstream.receiver;

import io.dstream.input.Block;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Blocks for tests. */
final class Blocks {

    private static final Path NOWHERE = Path.of("/no/such/directory");

    private Blocks() {}

    /** A store in memory that has room for one more than so many rows. */
    static BlockStore store(int rows) {
        return new BlockStore(
                "test", NOWHERE, new BlockStore.Bounds(Long.MAX_VALUE, rows, 0), Codec.allowing(List.of()));
    }

    static <T> Block<T> block(BlockStore store, List<T> records) {
        try {
            return Block.of(store.put(records, records.size(), StorageLevel.MEMORY_ONLY));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static <T> List<T> records(List<Block<T>> blocks) {
        List<T> records = new ArrayList<>();
        for (Block<T> block : blocks) {
            try {
                Iterator<T> rows = block.partition().open();
                rows.forEachRemaining(records::add);
                if (rows instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            } catch (Exception failure) {
                throw new IllegalStateException(failure);
            }
        }
        return records;
    }
}
