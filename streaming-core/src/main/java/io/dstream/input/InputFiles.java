package io.dstream.input;

import io.dstream.function.StreamingException;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The records of files that are there, for RDDs. A path is that of a file, of a directory, whose files are meant, or a glob of
 * both; names in directories that begin with {@code .} or {@code _} are passed over. The files are read when their partitions
 * are, each time anew.
 *
 * <p>All methods throw an IllegalArgumentException if the path matches nothing, and a {@link StreamingException} if it cannot be
 * listed.
 */
public final class InputFiles {

    private static final int MAX_WHOLE = Integer.MAX_VALUE - 8; // what a JVM can have in an array

    private InputFiles() {}

    /** Lines of text; those of more bytes than {@code maxLineLength} are dropped and reported. */
    public static List<InputPartition<String>> lines(String path, int maxLineLength) {
        return partitions(path, new LineFormat(maxLineLength));
    }

    /**
     * Records of a fixed number of bytes.
     *
     * @throws IllegalArgumentException also if {@code recordLength} is below 1
     */
    public static List<InputPartition<byte[]>> records(String path, int recordLength) {
        return partitions(path, new FixedLengthFormat(recordLength));
    }

    /** Path and text of each file. */
    public static List<InputPartition<Pair<String, String>>> texts(String path) {
        return partitions(path, (content, file) -> List.of(Pair.of(file.toString(), text(content)))
                .iterator());
    }

    /** Path and bytes of each file, as they are: nothing is decompressed. */
    public static List<InputPartition<Pair<String, byte[]>>> contents(String path) {
        List<InputPartition<Pair<String, byte[]>>> partitions = new ArrayList<>();
        for (FileVersion file : list(path)) {
            partitions.add(
                    () -> List.of(Pair.of(file.path(), contentOf(file.path()))).iterator());
        }
        return partitions;
    }

    private static <T> List<InputPartition<T>> partitions(String path, FileFormat<T> format) {
        List<InputPartition<T>> partitions = new ArrayList<>();
        list(path).forEach(file -> partitions.addAll(FilePartition.of(file, format, false, false)));
        return partitions;
    }

    private static List<FileVersion> list(String path) {
        DirectoryGlob glob = DirectoryGlob.of("path", path);
        try {
            List<Path> matches = glob.matches();
            if (matches.isEmpty()) {
                throw new IllegalArgumentException(
                        "'path' must be that of a file or a directory, or a glob that matches some, but was '" + path
                                + "'");
            }
            List<FileVersion> files = new ArrayList<>();
            for (Path match : matches) {
                files.addAll(list(match));
            }
            return files;
        } catch (IOException failure) {
            throw new StreamingException("Cannot list '" + path + "': " + failure, failure);
        }
    }

    private static List<FileVersion> list(Path path) throws IOException {
        List<FileVersion> files = new ArrayList<>();
        if (Directories.isDirectory(path)) {
            Directories.visit(path, child -> add(child, files));
        } else {
            add(path, files);
        }
        files.sort((one, other) -> one.path().compareTo(other.path()));
        return files;
    }

    private static void add(Path path, List<FileVersion> files) throws IOException {
        FileVersion file = FileVersion.of(path);
        if (file != null) {
            files.add(file);
        }
    }

    private static String text(InputStream content) throws IOException {
        return new String(all(content), StandardCharsets.UTF_8);
    }

    private static byte[] contentOf(String path) {
        try (InputStream content = new FileInputStream(path)) {
            return all(content);
        } catch (IOException failure) {
            throw new StreamingException("Cannot read the file '" + path + "': " + failure, failure);
        }
    }

    private static byte[] all(InputStream content) throws IOException {
        if (content.available() > MAX_WHOLE) { // known before it is read, unless it is compressed
            throw tooLarge();
        }
        byte[] all = content.readNBytes(MAX_WHOLE);
        if (content.read() >= 0) {
            throw tooLarge();
        }
        return all;
    }

    private static IOException tooLarge() {
        return new IOException("it has more than " + MAX_WHOLE + " bytes, which is too much for one record");
    }
}
