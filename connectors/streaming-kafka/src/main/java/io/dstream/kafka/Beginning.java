package io.dstream.kafka;

import io.dstream.kafka.OffsetPlanner.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people where the partitions of a stream begin in a run, and why there.
 *
 * <p>Used by the ticker thread alone, after it was made.
 */
final class Beginning {

    private static final Logger log = LoggerFactory.getLogger(Beginning.class);

    private static final int MAX_TOLD = 10; // partitions

    private final String input;

    // Mutable state
    private boolean told;

    /**
     * @param input names the stream to people
     */
    Beginning(String input) {
        this.input = input;
    }

    /** Tells it of the first batch, and nothing of others. */
    void tell(Plan plan) {
        if (!told) {
            told = true;
            log.info("Input {} begins with {}", input, describe(plan));
        }
    }

    /** Those with the same reason together; the first ten. */
    private static String describe(Plan plan) {
        List<OffsetRange> ranges = plan.ranges();
        Map<String, List<OffsetRange>> byReason = ranges.stream()
                .limit(MAX_TOLD)
                .collect(Collectors.groupingBy(
                        range -> plan.reasons().getOrDefault(range.topicPartition(), "checkpoint"),
                        LinkedHashMap::new,
                        Collectors.toList()));
        StringJoiner parts = new StringJoiner("; ");
        byReason.forEach((reason, some) -> parts.add(some.stream()
                        .map(range -> range.topicPartition() + " at " + range.fromOffset())
                        .collect(Collectors.joining(", "))
                + " (" + reason + ")"));
        if (ranges.size() > MAX_TOLD) {
            parts.add("and " + (ranges.size() - MAX_TOLD) + " more partitions");
        }
        return ranges.isEmpty() ? "no partition: there is none yet" : parts.toString();
    }
}
