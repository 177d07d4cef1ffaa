package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Records of a range that are read while they come. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FetchTest {

    private final Fetch<String, String> fetch = new Fetch<>(OffsetRange.create("topic", 0, 0, 4));

    @Test
    void recordsAreReadBeforeTheLastHasCome() {
        fetch.add(records(0, 1));
        Iterator<ConsumerRecord<String, String>> read = fetch.records();
        assertThat(read.next().offset()).isEqualTo(0);
        assertThat(read.next().offset()).isEqualTo(1);
        assertThat(fetch.sizeIfKnown()).isEqualTo(-1);
        assertThat(fetch.next()).isEqualTo(2);
    }

    @Test
    void whoeverReadsWaitsForTheRest() throws Exception {
        fetch.add(records(0));
        FutureTask<List<Long>> reader = new FutureTask<>(() -> offsets(fetch.records()));
        Thread thread = new Thread(reader, "reader");
        thread.start();
        awaitBlocked(thread);
        fetch.add(records(1, 2));
        awaitBlocked(thread);
        fetch.add(records(3));
        fetch.complete();
        assertThat(reader.get(30, TimeUnit.SECONDS)).containsExactly(0L, 1L, 2L, 3L);
    }

    @Test
    void eachReaderHasAllOfThem() {
        fetch.add(records(0, 2));
        fetch.complete();
        assertThat(offsets(fetch.records())).containsExactly(0L, 2L);
        assertThat(offsets(fetch.records())).containsExactly(0L, 2L);
        assertThat(fetch.sizeIfKnown()).isEqualTo(2);
    }

    @Test
    void aRangeMayHaveNone() {
        fetch.complete();
        Iterator<ConsumerRecord<String, String>> read = fetch.records();
        assertThat(read.hasNext()).isFalse();
        assertThatExceptionOfType(NoSuchElementException.class)
                .isThrownBy(read::next)
                .withMessage("There are no more records of topic-0 [0, 4)");
    }

    @Test
    void aFailureEndsWhatHasBegun() throws Exception {
        fetch.add(records(0));
        FutureTask<List<Long>> reader = new FutureTask<>(() -> offsets(fetch.records()));
        Thread thread = new Thread(reader, "reader");
        thread.start();
        awaitBlocked(thread);
        fetch.fail(new IllegalStateException("away"));
        thread.join();
        assertThat(reader).failsWithin(30, TimeUnit.SECONDS).withThrowableThat().withMessageContaining("away");
        assertThatIllegalStateException()
                .isThrownBy(() -> fetch.records().hasNext())
                .withMessage("away");
        assertThat(fetch.hasFailed()).isTrue();
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptException.class)
                .isThrownBy(() -> fetch.records().hasNext());
        assertThat(Thread.interrupted()).isTrue();
    }

    private static void awaitBlocked(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    private static List<Long> offsets(Iterator<ConsumerRecord<String, String>> records) {
        List<Long> offsets = new ArrayList<>();
        records.forEachRemaining(record -> offsets.add(record.offset()));
        return offsets;
    }

    private static List<ConsumerRecord<String, String>> records(long... offsets) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        for (long offset : offsets) {
            records.add(new ConsumerRecord<>("topic", 0, offset, "key", "value"));
        }
        return records;
    }
}
