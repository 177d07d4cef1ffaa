package io.dstream;

import io.dstream.rdd.RDD;
import java.time.Instant;
import java.util.List;

/** The block of text that print() writes for a batch, in one piece so that pipelines do not interleave. */
final class PrintedBatch {

    private static final String RULE = "-".repeat(43);

    private PrintedBatch() {}

    static void requireRows(int rows) {
        if (rows < 0 || rows == Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "'rows' must be from 0 to " + (Integer.MAX_VALUE - 1) + ", but was " + rows);
        }
    }

    /** Asks for one row more than it shows, to know whether there are more. */
    static String of(RDD<?> rdd, Instant time, int rows) {
        List<?> taken = rdd.take(rows + 1);
        StringBuilder text = new StringBuilder();
        line(text, RULE);
        line(text, "Time: " + time.toEpochMilli() + " ms");
        line(text, RULE);
        taken.stream().limit(rows).forEach(row -> line(text, String.valueOf(row)));
        if (taken.size() > rows) {
            line(text, "...");
        }
        line(text, "");
        return text.toString();
    }

    private static void line(StringBuilder text, String line) {
        text.append(line).append(System.lineSeparator());
    }
}
