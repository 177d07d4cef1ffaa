package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** How a stream's offsets are kept in the batch log. */
class PositionsTest {

    private static final Uuid ID = Uuid.fromString("MkU3OEVBNTcwNTJENDM2Qk");

    @Test
    void onlyWhatABatchHasChangedIsKept() {
        Positions first = positions("topics a", Map.of("a", ID), 5, 7);
        Positions second = positions("topics a", Map.of("a", ID), 5, 9);
        List<OffsetRange> ranges = List.of(OffsetRange.create("a", 0, 5, 5), OffsetRange.create("a", 1, 7, 9));
        assertThat(first.changesTo(second, ranges)).isEqualTo(Map.of("a/1", "7 9"));
    }

    @Test
    void theFirstBatchKeepsAll() {
        Positions first = positions("topics a", Map.of("a", ID), 5, 7);
        List<OffsetRange> ranges = List.of(OffsetRange.create("a", 0, 5, 5), OffsetRange.create("a", 1, 6, 7));
        Map<String, String> changes = Positions.NONE.changesTo(first, ranges);
        assertThat(changes)
                .isEqualTo(Map.of("a/0", "5 5", "a/1", "6 7", "a/id", ID.toString(), "subscribed", "topics a"));
        assertThat(Positions.NONE.after(changes)).isEqualTo(first);
        assertThat(Positions.NONE.rangesOf(changes)).isEqualTo(ranges);
    }

    @Test
    void whatIsGoneIsForgotten() {
        Positions first = positions("topics a", Map.of("a", ID), 5);
        Positions second = positions("topics a", Map.of());
        Map<String, String> changes = first.changesTo(second, List.of());
        assertThat(changes).isEqualTo(Map.of("a/0", "", "a/id", ""));
        assertThat(first.after(changes)).isEqualTo(second);
    }

    @Test
    void whatCannotBeUnderstoodIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Positions.NONE.after(Map.of("a/0", "5")))
                .withMessageContaining("'a/0'")
                .withMessageContaining("'5'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Positions.NONE.after(Map.of("nonsense", "5 6")))
                .withMessageContaining("'nonsense'");
    }

    private static Positions positions(String subscribed, Map<String, Uuid> topics, long... offsets) {
        TreeMap<TopicPartition, Long> next = new TreeMap<>(Subscription.ORDER);
        for (int i = 0; i < offsets.length; i++) {
            next.put(new TopicPartition("a", i), offsets[i]);
        }
        return new Positions(next, topics, subscribed);
    }
}
