package io.dstream.storage;

import java.io.IOException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How far a rolling file has come.
 *
 * @param first the first batch in the file in progress; of no meaning if there is no such file
 * @param last the last batch that was appended; {@code Instant.MIN} if there was none
 * @param length what is committed of the file in progress; 0 if there is no such file
 */
record RollingProgress(Instant first, Instant last, long length) {

    private static final String FORMAT = "dstream-rolling-1";
    private static final Pattern TEXT = Pattern.compile(FORMAT + " (-?\\d{1,18}) (-?\\d{1,18}) (\\d{1,18})");

    static final RollingProgress NONE = new RollingProgress(Instant.MIN, Instant.MIN, 0);

    boolean hasFile() {
        return length > 0;
    }

    RollingProgress appended(Instant batchTime, long bytes) {
        return new RollingProgress(hasFile() ? first : batchTime, batchTime, length + bytes);
    }

    RollingProgress rolled() {
        return new RollingProgress(first, last, 0);
    }

    /** What the file is called when it is finished: its first and its last batch. */
    String finishedName() {
        return first.toEpochMilli() + "-" + last.toEpochMilli() + ".txt";
    }

    String toText() {
        return String.join(
                " ",
                FORMAT,
                String.valueOf(first.toEpochMilli()),
                String.valueOf(last.toEpochMilli()),
                String.valueOf(length));
    }

    /**
     * What {@link #toText} has made.
     *
     * @throws IOException if it was made by something else
     */
    static RollingProgress of(String text) throws IOException {
        Matcher numbers = TEXT.matcher(text);
        if (!numbers.matches()) {
            throw new IOException("expected '" + FORMAT + "' and three numbers, but it says '" + text + "'");
        }
        return new RollingProgress(
                Instant.ofEpochMilli(Long.parseLong(numbers.group(1))),
                Instant.ofEpochMilli(Long.parseLong(numbers.group(2))),
                Long.parseLong(numbers.group(3)));
    }
}
