package io.dstream.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps rows in a file. */
final class FileWriter<T> implements RowsWriter<T> {

    private static final Logger log = LoggerFactory.getLogger(FileWriter.class);

    private final BlockStore store;
    private final Path file;
    private final ObjectFileWriter writer;

    // Mutable state
    private int rows;
    private boolean finished;

    FileWriter(BlockStore store) throws IOException {
        this.store = store;
        this.file = store.newFile();
        try {
            this.writer = new ObjectFileWriter(file, store.codec());
        } catch (IOException failure) {
            Files.deleteIfExists(file);
            throw store.unwritable(failure);
        }
    }

    @Override
    public void add(T row) throws IOException {
        try {
            writer.add(row);
            rows++;
        } catch (UncheckedIOException failure) {
            throw store.unwritable(Objects.requireNonNull(failure.getCause()));
        }
    }

    @Override
    public StoredRows<T> finish() throws IOException {
        try {
            writer.finish(false);
            writer.close();
            finished = true;
            return new FiledRows<>(file, rows, Files.size(file), store);
        } catch (UncheckedIOException failure) {
            throw store.unwritable(Objects.requireNonNull(failure.getCause()));
        } catch (IOException failure) {
            throw store.unwritable(failure);
        }
    }

    @Override
    public void close() {
        if (!finished) {
            closeWriter();
            delete(file);
        }
    }

    private void closeWriter() {
        try {
            writer.close();
        } catch (IOException failure) {
            log.debug("The file {} was not written to its end", file, failure);
        }
    }

    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException failure) {
            log.warn("The file {} cannot be deleted: {}", file, failure.toString());
        }
    }
}
