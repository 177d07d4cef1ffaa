package io.dstream.rdd;

import io.dstream.function.StreamingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
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

    /**
     * As {@link #overwrite}, into a directory that is not there yet.
     *
     * @throws StreamingException if it is there, with a {@link FileAlreadyExistsException} as cause
     */
    static void create(RDD<?> rdd, Path directory) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            String remedy = "it is there; choose another path, or delete it before";
            throw PartFiles.cannotWrite(directory, new FileAlreadyExistsException(directory.toString(), null, remedy));
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

    private static void writePart(Path file, Iterator<?> rows) throws IOException {
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            BufferedOutputStream buffered = new BufferedOutputStream(out);
            writeLines(rows, buffered);
            buffered.flush();
            out.getFD().sync();
        }
    }
}
