package io.dstream.test;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Lets a process die: at a step that a seed chooses its checkpoint directories are copied, as they would be found after that. What
 * the process does later concerns nobody. Sometimes the end of what was written last is torn off, too, if it was not acknowledged yet.
 *
 * <p>Thread-safe: one thread at a time takes a step.
 */
final class Crashes {

    private final Path directory;
    private final Path image;
    private final SplittableRandom random;
    private final int stepsToLive;

    // Mutable state, guarded by this
    private int steps; // so far, of all batches and pipelines
    private boolean dead;

    /**
     * @param directory of the process that is to die
     * @param image what is to be found after that
     * @param mostSteps that it may take
     */
    Crashes(Path directory, Path image, int mostSteps, SplittableRandom random) {
        this.directory = directory;
        this.image = image;
        this.random = random;
        this.stepsToLive = random.nextInt(1, mostSteps);
    }

    synchronized boolean isDead() {
        return dead;
    }

    /** A step, before which the process may die. */
    synchronized void step() {
        steps++;
        if (steps == stepsToLive) {
            copy();
            dead = true;
        }
    }

    /**
     * A step after something was written that nobody relies on yet.
     *
     * @param before the end of the file before that
     * @return whether it is there for good: the process lives, or has died now without losing it
     */
    synchronized boolean stepAfter(End before) {
        boolean lived = !dead;
        step();
        return lived && !(dead && tear(before));
    }

    /** Where the newest file of a log of a pipeline ends. */
    synchronized End end(String pipeline, String suffix) {
        Path newest = newest(directory.resolve(pipeline), suffix);
        return new End(pipeline, suffix, newest.getFileName(), length(newest));
    }

    /** Takes away some of what was written since, or nothing; returns whether it has. */
    private boolean tear(End before) {
        Path file = newest(image.resolve(before.pipeline), before.suffix);
        long length = length(file);
        if (!file.getFileName().equals(before.file) || length == before.length || random.nextBoolean()) {
            return false;
        }
        try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(random.nextLong(before.length, length));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return true;
    }

    /** Other pipelines go on meanwhile: what was read twice without a difference was there at one moment. */
    private void copy() {
        CheckpointCopy last = copyNow();
        for (CheckpointCopy next = copyNow(); !isSame(last, next); next = copyNow()) {
            last = next;
        }
        new CheckpointCopy(image, last.files()).restore();
    }

    /** Again while a snapshot of the log is being made, which replaces files. */
    private CheckpointCopy copyNow() {
        while (true) {
            try {
                return CheckpointCopy.of(directory);
            } catch (UncheckedIOException failure) {
                if (!(failure.getCause() instanceof NoSuchFileException)) {
                    throw failure;
                }
            }
        }
    }

    private static boolean isSame(CheckpointCopy copy, CheckpointCopy other) {
        return copy.files().keySet().equals(other.files().keySet())
                && copy.files().entrySet().stream()
                        .allMatch(file ->
                                Arrays.equals(file.getValue(), other.files().get(file.getKey())));
    }

    private static Path newest(Path directory, String suffix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .max(Path::compareTo)
                    .orElse(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Up to where a log was written. */
    record End(String pipeline, String suffix, Path file, long length) {}
}
