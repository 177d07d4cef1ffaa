package io.dstream.kafka;

import java.util.Collection;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/** Which partitions a stream reads. */
sealed interface Subscription {

    /** In the order of topics and numbers, in which partitions are in an RDD. */
    Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** The same text for the same partitions, also after a restart. */
    String text();

    boolean contains(TopicPartition partition);

    /** Whether there may be partitions of a topic among them. */
    boolean reads(String topic);

    /** All partitions of some topics. */
    record Topics(SortedSet<String> names) implements Subscription {

        @Override
        public String text() {
            return "topics " + String.join(" ", names);
        }

        @Override
        public boolean contains(TopicPartition partition) {
            return reads(partition.topic());
        }

        @Override
        public boolean reads(String topic) {
            return names.contains(topic);
        }
    }

    /** All partitions of the topics whose names match. */
    record Matching(Pattern pattern) implements Subscription {

        @Override
        public String text() {
            return "pattern " + pattern.flags() + " " + pattern.pattern();
        }

        @Override
        public boolean contains(TopicPartition partition) {
            return reads(partition.topic());
        }

        @Override
        public boolean reads(String topic) {
            return pattern.matcher(topic).matches();
        }
    }

    /** Some partitions. */
    record Partitions(SortedSet<TopicPartition> partitions) implements Subscription {

        @Override
        public String text() {
            return "partitions "
                    + partitions.stream().map(TopicPartition::toString).collect(Collectors.joining(" "));
        }

        @Override
        public boolean contains(TopicPartition partition) {
            return partitions.contains(partition);
        }

        @Override
        public boolean reads(String topic) {
            return topics().contains(topic);
        }

        SortedSet<String> topics() {
            return partitions.stream().map(TopicPartition::topic).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    static Subscription toTopics(Collection<String> topics) {
        requireSome("topics", topics);
        if (topics.stream().anyMatch(topic -> topic == null || topic.isBlank())) {
            throw new IllegalArgumentException("'topics' must be names of topics, but were " + topics);
        }
        return new Topics(new TreeSet<>(topics));
    }

    static Subscription toPartitions(Collection<TopicPartition> partitions) {
        requireSome("partitions", partitions);
        SortedSet<TopicPartition> ordered = new TreeSet<>(ORDER);
        ordered.addAll(partitions);
        return new Partitions(ordered);
    }

    private static void requireSome(String name, Collection<?> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("'" + name + "' must have at least one element, but was empty");
        }
    }
}
