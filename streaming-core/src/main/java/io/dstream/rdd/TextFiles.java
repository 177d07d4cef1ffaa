package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/** Rows as lines of text in files: each row's {@code toString()} in UTF-8, and a line feed. */
public final class TextFiles {

    private static final String PART = "part-";
    private static final String SUCCESS = "_SUCCESS";

    private TextFiles() {}

    /**
     * Writes an RDD into a directory: a file {@code part-00000} and so on for each partition, in parallel, and an empty
     * {@code _SUCCESS}. The directory has its name only once it is complete and safe on the disk, and then replaces one that
     * was saved under the name before.
     *
     * @param directory its parents are made where they are missing
     * @throws IllegalArgumentException if a row is null
     * @throws StreamingException if it cannot be written, naming the path
     */
    public static void overwrite(RDD<?> rdd, Path directory) {
        Path target = directory.toAbsolutePath();
        Path unfinished = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            requireReplaceable(target);
            delete(unfinished);
            Files.createDirectories(unfinished);
            writeParts(rdd, unfinished);
            Files.createFile(unfinished.resolve(SUCCESS));
            force(unfinished);
            publish(unfinished, target);
        } catch (IOException failure) {
            throw cannotWrite(target, failure);
        } finally {
            discard(unfinished);
        }
    }

    /**
     * As {@link #overwrite}, into a directory that is not there yet.
     *
     * @throws StreamingException if it is there, with a {@link FileAlreadyExistsException} as cause
     */
    static void create(RDD<?> rdd, Path directory) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            String remedy = "it is there; choose another path, or delete it before";
            throw cannotWrite(directory, new FileAlreadyExistsException(directory.toString(), null, remedy));
        }
        overwrite(rdd, directory);
    }

    /**
     * Rows as lines, in memory.
     *
     * @throws IllegalArgumentException if a row is null
     */
    public static byte[] linesOf(Iterator<?> rows) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        writeLines(rows, lines);
        return lines.toByteArray();
    }

    private static void writeLines(Iterator<?> rows, OutputStream out) throws IOException {
        while (rows.hasNext()) {
            Object row = rows.next();
            if (row == null) {
                throw new IllegalArgumentException("A row to be saved as text must not be null; filter null rows out");
            }
            out.write(row.toString().getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        }
    }

    private static <T> void writeParts(RDD<T> rdd, Path directory) {
        rdd.mapPartitionsWithIndex((index, rows) -> {
                    writePart(rows, directory.resolve(PART + String.format("%05d", index)));
                    return Collections.emptyIterator();
                })
                .count();
    }

    private static void writePart(Iterator<?> rows, Path file) {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            BufferedOutputStream buffered = new BufferedOutputStream(out);
            writeLines(rows, buffered);
            buffered.flush();
            out.getFD().sync();
        } catch (IOException failure) {
            throw cannotWrite(file, failure);
        }
    }

    /** A directory cannot take another's place in one step, so the one before makes room first. */
    private static void publish(Path unfinished, Path target) throws IOException {
        Path replaced = target.resolveSibling("." + target.getFileName() + ".old");
        delete(replaced);
        if (Files.exists(target)) {
            Files.move(target, replaced, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        force(target.resolveSibling(""));
        delete(replaced);
    }

    /** What a user has put there must not be lost. */
    private static void requireReplaceable(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            for (Path file : list(target)) {
                requireOurs(file);
            }
        } else if (Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "it is a file, not a directory");
        }
    }

    private static void requireOurs(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (!name.equals(SUCCESS) && !name.startsWith(PART)) {
            throw new FileAlreadyExistsException(file.toString(), null, "it is no part of a batch that was saved");
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            for (Path file : list(directory)) {
                Files.delete(file);
            }
            Files.delete(directory);
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    /** Must not hide the failure that is on its way. */
    private static void discard(Path unfinished) {
        try {
            delete(unfinished);
        } catch (IOException ignored) {
            // the next attempt says so, if it cannot either
        }
    }

    /** Makes the names in a directory safe. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (AccessDeniedException windows) {
            // where a directory cannot be opened, its names are safe anyway
        }
    }

    private static StreamingException cannotWrite(Path path, IOException failure) {
        return new StreamingException("Cannot write '" + path + "': " + failure, failure);
    }
}
