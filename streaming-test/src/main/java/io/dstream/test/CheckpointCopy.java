package io.dstream.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What is in a checkpoint directory at a moment, as whoever comes after a crash finds it.
 *
 * <p>Immutable.
 *
 * @param directory where it was
 * @param files the content of each file, by its path in the directory
 */
record CheckpointCopy(Path directory, Map<Path, byte[]> files) {

    static CheckpointCopy of(Path directory) {
        Map<Path, byte[]> files = new LinkedHashMap<>();
        try {
            for (Path file : filesIn(directory)) {
                files.put(directory.relativize(file), Files.readAllBytes(file));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new CheckpointCopy(directory, files);
    }

    /** Lets the directory have it again, and nothing else. */
    void restore() {
        try {
            for (Path file : filesIn(directory)) {
                Files.delete(file);
            }
            for (Map.Entry<Path, byte[]> file : files.entrySet()) {
                Path path = directory.resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Path> filesIn(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile)
                    .sorted(Comparator.naturalOrder())
                    .toList();
        }
    }
}
