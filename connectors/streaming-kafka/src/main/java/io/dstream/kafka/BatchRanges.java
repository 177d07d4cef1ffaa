package io.dstream.kafka;

import io.dstream.rdd.InputPartition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The ranges of a batch. Immutable; what is fetched of them is not.
 *
 * @param <R> type of the rows
 * @param ranges one for each partition, in their order
 * @param missing topics that were asked for by name and that there were not
 */
record BatchRanges<R>(List<RangeRecords<R>> ranges, Set<String> missing) {

    private static final int MAX_DESCRIPTION = 1_000;

    static <R> BatchRanges<R> of(List<OffsetRange> ranges, Set<String> missing, Fetcher<?, ?, R> fetcher) {
        return new BatchRanges<>(
                ranges.stream().map(range -> new RangeRecords<>(range, fetcher)).toList(), missing);
    }

    void prefetch() {
        ranges.forEach(RangeRecords::prefetch);
    }

    /** Is told that topics were deleted. */
    void lose(Iterable<String> topics) {
        for (String topic : topics) {
            ranges.stream()
                    .filter(records -> records.range().topic().equals(topic))
                    .filter(records -> records.range().count() > 0)
                    .forEach(RangeRecords::lose);
        }
    }

    /**
     * @param failures what becomes of records that fail; null if they fail their tasks
     */
    List<InputPartition<R>> partitions(@Nullable RecordFailures failures) {
        List<InputPartition<R>> partitions = new ArrayList<>();
        ranges.forEach(records -> partitions.add(new BufferedPartition<>(records, failures)));
        return partitions;
    }

    /** Where each partition ends that has records. */
    Map<TopicPartition, Long> ends() {
        Map<TopicPartition, Long> ends = new HashMap<>();
        ranges.forEach(records ->
                ends.put(records.range().topicPartition(), records.range().untilOffset()));
        return ends;
    }

    /** Whether all that it has was read. */
    boolean isFetched() {
        return ranges.stream().allMatch(records -> records.sizeIfKnown() >= 0);
    }

    /** How many records there are, or offsets where the records are not counted yet. */
    long size() {
        return ranges.stream().mapToLong(BatchRanges::sizeOf).sum();
    }

    /** A line for each range that has offsets, largest first, as far as there is room for them. */
    String describe() {
        List<RangeRecords<R>> largest = ranges.stream()
                .filter(records -> records.range().count() > 0)
                .sorted(Comparator.comparingLong(records -> -sizeOf(records)))
                .toList();
        StringBuilder text =
                new StringBuilder(missing.isEmpty() ? "" : "there is no topic " + String.join(", ", missing));
        for (int i = 0; i < largest.size(); i++) {
            if (text.length() > MAX_DESCRIPTION) {
                return text.append("\nand ")
                        .append(largest.size() - i)
                        .append(" more")
                        .toString();
            }
            text.append(text.isEmpty() ? "" : "\n").append(describe(largest.get(i)));
        }
        return text.toString();
    }

    private static String describe(RangeRecords<?> records) {
        OffsetRange range = records.range();
        return "topic: " + range.topic() + "\tpartition: " + range.partition() + "\toffsets: " + range.fromOffset()
                + " to " + range.untilOffset() + "\tcount: " + sizeOf(records);
    }

    private static long sizeOf(RangeRecords<?> records) {
        long size = records.sizeIfKnown();
        return size < 0 ? records.range().count() : size;
    }
}
