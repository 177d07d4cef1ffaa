package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;

/** Rows as lines of text in files: each row's {@code toString()} in UTF-8, and a line feed. */
public final class TextFiles {

    private TextFiles() {}

    /**
     * Writes an RDD into a directory as {@link PartFiles} do.
     *
     * @throws IllegalArgumentException if a row is null
     * @throws StreamingException if it cannot be written, naming the path
     */
    public static void overwrite(RDD<?> rdd, Path directory) {
        PartFiles.overwrite(rdd, directory, TextFiles::writePart);
    }

    /** As {@link #overwrite}, on the conditions of {@link PartFiles#save}. */
    static <T> void save(RDD<T> rdd, Path directory) {
        PartFiles.save(rdd, directory, TextFiles::writePart);
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

    private static void writePart(Path file, Iterator<?> rows) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            BufferedOutputStream buffered = new BufferedOutputStream(out);
            writeLines(rows, buffered);
            buffered.flush();
            out.getFD().sync();
        }
    }
}
