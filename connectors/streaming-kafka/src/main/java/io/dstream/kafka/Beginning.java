package io.dstream.kafka;

import io.dstream.kafka.OffsetPlanner.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
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
    private final Positions last;
    private final ConsumerStrategy<?, ?> strategy;
    private final KafkaClients<?, ?> clients;

    // Mutable state
    private boolean told;

    /**
     * @param input names the stream to people
     * @param last how far it had come, as the batch log says
     */
    Beginning(String input, Positions last, ConsumerStrategy<?, ?> strategy, KafkaClients<?, ?> clients) {
        this.input = input;
        this.last = last;
        this.strategy = strategy;
        this.clients = clients;
    }

    /**
     * Tells it of the first batch, and nothing of others.
     *
     * @param stored what the offset store had at the start
     */
    void tell(Plan plan, Map<TopicPartition, Long> stored) {
        if (!told) {
            told = true;
            log.info("Input {} begins with {}", input, describe(plan.ranges(), stored));
        }
    }

    /** Those with the same reason together; the first ten. */
    private String describe(List<OffsetRange> ranges, Map<TopicPartition, Long> stored) {
        Map<String, List<OffsetRange>> byReason = ranges.stream()
                .limit(MAX_TOLD)
                .collect(Collectors.groupingBy(
                        range -> reason(range.topicPartition(), stored), LinkedHashMap::new, Collectors.toList()));
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

    /** In the order in which {@link OffsetPlanner} asks. */
    private String reason(TopicPartition partition, Map<TopicPartition, Long> stored) {
        if (last.next().containsKey(partition)) {
            return "checkpoint";
        }
        if (stored.containsKey(partition)) {
            return "offset store";
        }
        if (last.subscribed().equals(strategy.subscription().text())
                || last.topics().containsKey(partition.topic())
                || stored.keySet().stream().anyMatch(known -> known.topic().equals(partition.topic()))) {
            return "new";
        }
        return strategy.startingOffsets().containsKey(partition) ? "starting offset" : groupOrReset();
    }

    private String groupOrReset() {
        String reset = "auto.offset.reset=" + clients.offsetReset();
        return clients.group()
                .map(group -> "group '" + group + "', else " + reset)
                .orElse(reset);
    }
}
