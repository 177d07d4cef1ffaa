package io.dstream.kafka;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream has come, as it is kept in the batch log: for each partition {@code topic/number} with the offsets of its last
 * range, for each topic {@code topic/id}, and what was {@code subscribed} to. Immutable.
 *
 * @param next by partition, the offset at which the next batch goes on
 * @param topics the ids of the topics that were read; a topic that is made again has another one
 * @param subscribed the text of the subscription; empty if nothing is known from an earlier batch
 */
record Positions(SortedMap<TopicPartition, Long> next, Map<String, Uuid> topics, String subscribed) {

    static final Positions NONE = new Positions(new TreeMap<>(Subscription.ORDER), Map.of(), "");

    private static final String SUBSCRIBED = "subscribed";
    private static final String ID = "id";
    private static final String GONE = "";

    Positions {
        SortedMap<TopicPartition, Long> ordered = new TreeMap<>(Subscription.ORDER);
        ordered.putAll(next);
        next = Collections.unmodifiableSortedMap(ordered);
        topics = Map.copyOf(topics);
    }

    /**
     * What they are after changes that were kept.
     *
     * @throws IllegalArgumentException if these cannot be understood
     */
    Positions after(Map<String, String> changes) {
        SortedMap<TopicPartition, Long> newNext = new TreeMap<>(next);
        Map<String, Uuid> newTopics = new HashMap<>(topics);
        changes.forEach((name, value) -> {
            if (name.endsWith("/" + ID)) {
                put(newTopics, name.substring(0, name.lastIndexOf('/')), value, Uuid::fromString);
            } else if (!name.equals(SUBSCRIBED)) {
                put(newNext, partition(name), value, text -> untilOf(name, text));
            }
        });
        return new Positions(newNext, newTopics, changes.getOrDefault(SUBSCRIBED, subscribed));
    }

    /** Those of what is read; the ids of topics of which nothing is read are left out. */
    Positions of(Subscription subscription) {
        SortedMap<TopicPartition, Long> read = new TreeMap<>(next);
        read.keySet().removeIf(partition -> !subscription.contains(partition));
        Map<String, Uuid> ids = new HashMap<>(topics);
        ids.keySet().removeIf(topic -> !subscription.reads(topic));
        return new Positions(read, ids, subscribed);
    }

    /** The ranges of a batch that has made changes, in the order of the partitions; those before it are these. */
    List<OffsetRange> rangesOf(Map<String, String> changes) {
        List<OffsetRange> ranges = new ArrayList<>();
        after(changes).next.forEach((partition, offset) -> {
            String change = changes.get(nameOf(partition));
            long from = change == null ? offset : fromOf(nameOf(partition), change);
            ranges.add(OffsetRange.create(partition, from, offset));
        });
        return ranges;
    }

    /** What has to be kept of a batch that leads from these to others, which have its ranges behind them. */
    Map<String, String> changesTo(Positions others, List<OffsetRange> ranges) {
        Map<String, String> changes = new HashMap<>();
        if (!subscribed.equals(others.subscribed)) {
            changes.put(SUBSCRIBED, others.subscribed);
        }
        others.topics.forEach((topic, id) -> {
            if (!id.equals(topics.get(topic))) {
                changes.put(topic + "/" + ID, id.toString());
            }
        });
        for (OffsetRange range : ranges) {
            Long before = next.get(range.topicPartition());
            if (range.count() > 0 || before == null || before != range.untilOffset()) {
                changes.put(nameOf(range.topicPartition()), range.fromOffset() + " " + range.untilOffset());
            }
        }
        goneIn(others, changes);
        return changes;
    }

    private void goneIn(Positions others, Map<String, String> changes) {
        next.keySet().stream()
                .filter(partition -> !others.next.containsKey(partition))
                .forEach(partition -> changes.put(nameOf(partition), GONE));
        topics.keySet().stream()
                .filter(topic -> !others.topics.containsKey(topic))
                .forEach(topic -> changes.put(topic + "/" + ID, GONE));
    }

    private static <N, T> void put(Map<N, T> values, N name, String text, Function<String, T> parse) {
        if (text.equals(GONE)) {
            values.remove(name);
        } else {
            values.put(name, parse.apply(text));
        }
    }

    private static String nameOf(TopicPartition partition) {
        return partition.topic() + "/" + partition.partition();
    }

    private static TopicPartition partition(String name) {
        int slash = name.lastIndexOf('/');
        try {
            return new TopicPartition(name.substring(0, slash), Integer.parseInt(name.substring(slash + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException failure) {
            throw damaged(name, "", failure);
        }
    }

    private static long fromOf(String name, String range) {
        return offset(name, range, 0);
    }

    private static long untilOf(String name, String range) {
        return offset(name, range, 1);
    }

    private static long offset(String name, String range, int index) {
        String[] offsets = range.split(" ", -1);
        try {
            if (offsets.length == 2) {
                return Long.parseLong(offsets[index]);
            }
        } catch (NumberFormatException failure) {
            throw damaged(name, range, failure);
        }
        throw damaged(name, range, null);
    }

    private static IllegalArgumentException damaged(String name, String value, @Nullable Throwable cause) {
        return new IllegalArgumentException(
                "The position '" + name + "' in the log must be of a partition, with two offsets, but was '" + value
                        + "'",
                cause);
    }
}
