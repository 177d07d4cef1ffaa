package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The directory that an RDD is saved in: a file {@code part-00000} and so on for each partition, and an empty
 * {@code _SUCCESS}.
 */
public final class PartFiles {

    private static final String PART = "part-";
    private static final String SUCCESS = "_SUCCESS";

    private PartFiles() {}

    /** Writes one of the files. */
    @FunctionalInterface
    public interface Writer<T> {

        /** Writes the rows of a partition, and returns when they are safe on the disk; called in parallel for several files. */
        void write(Path file, Iterator<T> rows) throws IOException;
    }

    /**
     * Writes an RDD into a directory, which has its name only once it is complete and safe on the disk, and then replaces one
     * that was saved under the name before.
     *
     * @param directory its parents are made where they are missing
     * @throws StreamingException if it cannot be written, naming the path
     */
    public static <T> void overwrite(RDD<T> rdd, Path directory, Writer<T> writer) {
        Path target = directory.toAbsolutePath();
        Path unfinished = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            requireReplaceable(target);
            delete(unfinished);
            Files.createDirectories(unfinished);
            writeParts(rdd, unfinished, writer);
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
     * Saves an RDD as {@link #overwrite} does; but one that belongs to no batch, and so is not saved again by a repetition, only
     * into a directory that is not there yet.
     *
     * @throws StreamingException if it is there, with a {@link FileAlreadyExistsException} as cause
     */
    static <T> void save(RDD<T> rdd, Path directory, Writer<T> writer) {
        if (rdd.scope().outlivesBatches() && Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            String remedy = "it is there; choose another path, or delete it before";
            throw cannotWrite(directory, new FileAlreadyExistsException(directory.toString(), null, remedy));
        }
        overwrite(rdd, directory, writer);
    }

    /**
     * The files of a directory that was saved, in the order of the partitions.
     *
     * @param path of the directory
     * @throws IllegalArgumentException if there is no such directory, or it is not complete
     */
    public static List<Path> partsOf(String path) {
        Path directory = LocalPath.of("path", path);
        if (!Files.exists(directory.resolve(SUCCESS))) {
            throw new IllegalArgumentException("'path' must be a directory that was saved, with a file " + SUCCESS
                    + " in it, but was '" + path + "'");
        }
        List<Path> parts = IntStream.range(0, countParts(directory))
                .mapToObj(index -> part(directory, index))
                .toList();
        parts.stream().filter(part -> !Files.exists(part)).findFirst().ifPresent(missing -> {
            throw new IllegalArgumentException("'path' must be complete, but there is no '" + missing + "'");
        });
        return parts;
    }

    private static StreamingException cannotWrite(Path path, IOException failure) {
        return new StreamingException("Cannot write '" + path + "': " + failure, failure);
    }

    private static <T> void writeParts(RDD<T> rdd, Path directory, Writer<T> writer) {
        rdd.mapPartitionsWithIndex((index, rows) -> {
                    write(part(directory, index), rows, writer);
                    return Collections.emptyIterator();
                })
                .count();
    }

    private static <T> void write(Path file, Iterator<T> rows, Writer<T> writer) {
        try {
            writer.write(file, rows);
        } catch (IOException failure) {
            throw cannotWrite(file, failure);
        }
    }

    private static Path part(Path directory, int index) {
        return directory.resolve(PART + String.format("%05d", index));
    }

    private static int countParts(Path directory) {
        try {
            return (int) list(directory).stream()
                    .filter(file -> file.getFileName().toString().startsWith(PART))
                    .count();
        } catch (IOException failure) {
            throw new StreamingException("Cannot read '" + directory + "': " + failure, failure);
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
}
