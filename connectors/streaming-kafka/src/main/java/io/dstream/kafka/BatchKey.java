package io.dstream.kafka;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of an output beside its records.
 *
 * @param owner the run that may write, each with another name
 * @param lastBatch the last batch that has taken effect; null if there was none
 */
record BatchKey(String owner, @Nullable Instant lastBatch) {

    private static final String NONE = "none";
    private static final Pattern TEXT = Pattern.compile("dstream owner=(\\S+) batch=(-?\\d{1,18}|" + NONE + ")");

    String text() {
        return "dstream owner=" + owner + " batch=" + (lastBatch == null ? NONE : lastBatch.toEpochMilli());
    }

    /** Null if the text is of somebody else. */
    static @Nullable BatchKey parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches() ? new BatchKey(matcher.group(1), batch(matcher.group(2))) : null;
    }

    private static @Nullable Instant batch(String millis) {
        return millis.equals(NONE) ? null : Instant.ofEpochMilli(Long.parseLong(millis));
    }
}
