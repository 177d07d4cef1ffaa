package io.dstream.test;

import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Lets a process die in the midst of a batch: at a step that a seed chooses its checkpoint directory is copied, as it would be
 * found after that. What the process does later concerns nobody. Sometimes the end of what was written last is torn off, too, if
 * it was not acknowledged yet.
 *
 * <p>Used by the threads of a pipeline, one after the other.
 */
final class Crashes implements GoldenProgram.Sources {

    private final Path directory;
    private final Path image;
    private final SplittableRandom random;
    private final int stepsToLive;

    // Mutable state, guarded by this
    private int steps; // so far, of all batches
    private int next; // batch after the crash; 0 if it lives
    private long acknowledged = -1; // length of the log before the commit at hand

    /**
     * @param directory of the process that is to die
     * @param image what is to be found after that
     */
    Crashes(Path directory, Path image, SplittableRandom random) {
        this.directory = directory;
        this.image = image;
        this.random = random;
        this.stepsToLive = random.nextInt(1, 60);
    }

    /** The number of the first batch that is not committed when it is found dead; 0 if it lives. */
    synchronized int next() {
        return next;
    }

    synchronized boolean isDead() {
        return next > 0;
    }

    /** A step of a batch, before which the process may die. */
    synchronized void step(Instant time, boolean ofCommit) {
        try {
            acknowledged = ofCommit && acknowledged >= 0 ? acknowledged : logLength(directory);
            steps++;
            if (steps == stepsToLive) {
                copy();
                boolean isCommitted = ofCommit && !tear();
                next = (int) time.getEpochSecond() + (isCommitted ? 1 : 0);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Takes away some of what was not acknowledged, or nothing; returns whether it has. */
    private boolean tear() throws IOException {
        long length = logLength(image);
        if (length == acknowledged || random.nextBoolean()) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(newestLog(image).toFile(), "rw")) {
            file.setLength(random.nextLong(acknowledged, length));
        }
        return true;
    }

    /** Again while a snapshot of the log is being made, which replaces files. */
    private void copy() throws IOException {
        Path from = directory.resolve("default");
        Path to = Files.createDirectories(image.resolve("default"));
        boolean whole = false;
        while (!whole) {
            for (Path file : filesIn(to)) {
                Files.delete(file);
            }
            List<Path> files = filesIn(from);
            whole = copied(files, to) && files.equals(filesIn(from));
        }
    }

    private static boolean copied(List<Path> files, Path to) throws IOException {
        try {
            for (Path file : files) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
            return true;
        } catch (NoSuchFileException replaced) {
            return false;
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static long logLength(Path directory) throws IOException {
        return Files.size(newestLog(directory));
    }

    private static Path newestLog(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("default"))) {
            return files.filter(file -> file.toString().endsWith(".seg"))
                    .max(Path::compareTo)
                    .orElseThrow();
        }
    }

    @Override
    public <T> InputSource<T> of(List<List<T>> rows) {
        return new Source<>(rows, this);
    }

    /** Has its rows by the batch time, in seconds, so that it can read them again. */
    private record Source<T>(List<List<T>> rows, Crashes crashes) implements InputSource<T> {

        @Override
        public String kind() {
            return "given";
        }

        @Override
        public void start(InputContext context) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            crashes.step(batchTime, false);
            return new Allocation(rowsOf(batchTime).size(), "");
        }

        @Override
        public List<InputPartition<T>> read(Instant batchTime) {
            crashes.step(batchTime, false);
            List<T> all = rowsOf(batchTime);
            int middle = all.size() / 2;
            return List.of(
                    InputPartition.of(all.subList(0, middle)), InputPartition.of(all.subList(middle, all.size())));
        }

        private List<T> rowsOf(Instant batchTime) {
            int index = (int) batchTime.getEpochSecond() - 1;
            return index < rows.size() ? rows.get(index) : List.of();
        }

        @Override
        public void commit(Instant batchTime) {
            crashes.step(batchTime, true);
        }

        @Override
        public void release(Instant upTo) {
            crashes.step(upTo, true);
        }
    }
}
