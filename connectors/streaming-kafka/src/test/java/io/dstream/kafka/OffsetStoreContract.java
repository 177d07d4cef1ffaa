package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.input.SourceUnavailableException;
import io.dstream.output.SinkConflictException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

/** What every offset store promises. Each is shown to by a class that extends this one. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD) // a store that answers to no interrupt fails, too
public abstract class OffsetStoreContract {

    private static final int PARTITIONS = 3;

    private final String group = newGroup();
    private final List<OffsetStoreSession> sessions = new ArrayList<>();
    private TopicPartition first;
    private TopicPartition second;

    /** The store, which is new. */
    protected abstract OffsetStore store() throws Exception;

    /** Takes its system away. */
    protected abstract void goAway() throws Exception;

    /** Brings the system back; it may answer some time later. */
    protected abstract void comeBack() throws Exception;

    /** The name of a topic that there is. */
    protected String newTopic(int partitions) {
        return "orders";
    }

    protected Map<String, Object> consumerConfig() {
        return Map.of();
    }

    protected static String newGroup() {
        return "Grüße " + UUID.randomUUID();
    }

    protected OffsetStoreContext context(String ofGroup) {
        return new OffsetStoreContext("shop", "kafka-0", ofGroup, consumerConfig(), Duration.ofSeconds(2));
    }

    protected OffsetStoreSession open(OffsetStore store, String ofGroup) throws Exception {
        OffsetStoreSession session = store.open(context(ofGroup));
        synchronized (sessions) {
            sessions.add(session);
        }
        return session;
    }

    @AfterEach
    void close() {
        sessions.forEach(OffsetStoreSession::close);
    }

    private OffsetStore begin() throws Exception {
        String topic = newTopic(PARTITIONS);
        first = new TopicPartition(topic, 0);
        second = new TopicPartition(topic, 2);
        return store();
    }

    @Test
    void aGroupThatIsNewHasNothing() throws Exception {
        assertThat(open(begin(), group).offsets()).isEmpty();
    }

    @Test
    void whatIsSavedIsReadBackByWhoeverOpensNext() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession session = open(store, group);
        session.save(Map.of(first, 10L, second, 5_000_000_000L));
        session.save(Map.of(first, 12L));
        assertThat(session.offsets()).isEmpty();
        assertThat(open(store, group).offsets()).isEqualTo(Map.of(first, 12L, second, 5_000_000_000L));
    }

    @Test
    void offsetsMayGoBackAsThoseOfATopicThatIsMadeAgain() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession session = open(store, group);
        session.save(Map.of(first, 10L));
        session.save(Map.of(first, 0L));
        assertThat(open(store, group).offsets()).isEqualTo(Map.of(first, 0L));
    }

    @Test
    void groupsHaveNothingToDoWithEachOther() throws Exception {
        OffsetStore store = begin();
        String other = newGroup();
        OffsetStoreSession one = open(store, group);
        OffsetStoreSession two = open(store, other);
        one.save(Map.of(first, 1L));
        two.save(Map.of(first, 2L));
        one.save(Map.of(second, 3L));
        assertThat(open(store, group).offsets()).isEqualTo(Map.of(first, 1L, second, 3L));
        assertThat(open(store, other).offsets()).isEqualTo(Map.of(first, 2L));
    }

    @Test
    void whoOpensFencesAllBeforeAlsoWhenItIsClosed() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession before = open(store, group);
        before.save(Map.of(first, 10L));
        OffsetStoreSession after = open(store, group);
        assertThat(after.offsets()).isEqualTo(Map.of(first, 10L));
        assertFenced(before);
        after.save(Map.of(first, 20L));
        after.close();
        assertFenced(before);
        assertThat(open(store, group).offsets()).isEqualTo(Map.of(first, 20L));
    }

    @Test
    void whoHasSavedNothingIsFencedToo() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession before = open(store, group);
        open(store, group);
        assertFenced(before);
        assertThat(open(store, group).offsets()).isEmpty();
    }

    private void assertFenced(OffsetStoreSession session) {
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> session.save(Map.of(first, 99L, second, 99L)))
                .withMessageContaining("'kafka-0' of pipeline 'shop'")
                .withMessageContaining("started later");
    }

    @Test
    void whatIsReadAtTheTakeoverIsWhatTheOtherHasSavedLast() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession before = open(store, group);
        CountDownLatch started = new CountDownLatch(5);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Set<Long>> lastSaved = threads.submit(() -> saveUntilOvertaken(before, started));
            started.await();
            Map<TopicPartition, Long> found = openWhenThere(store, group).offsets();
            assertThat(found.get(first)).isEqualTo(found.get(second)).isIn(lastSaved.get());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Returns the offset that was saved last; and the next one if it is not known what came of that. */
    private Set<Long> saveUntilOvertaken(OffsetStoreSession session, CountDownLatch started) throws Exception {
        Set<Long> last = new HashSet<>();
        long offset = 1;
        while (true) {
            try {
                session.save(Map.of(first, offset, second, offset));
                last = new HashSet<>(Set.of(offset));
                offset++;
                started.countDown();
            } catch (SinkConflictException overtaken) {
                return last;
            } catch (InterruptedException end) {
                throw end;
            } catch (Exception unknown) {
                last.add(offset);
                requireNotInterrupted();
            }
        }
    }

    @Test
    void ofThoseWhoOpenAtOnceOneMaySave() throws Exception {
        OffsetStore store = begin();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<OffsetStoreSession>> opened = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                opened.add(threads.submit(() -> openWhenThere(store, group)));
            }
            List<OffsetStoreSession> all = new ArrayList<>();
            for (Future<OffsetStoreSession> session : opened) {
                all.add(session.get());
            }
            int saved = 0;
            for (OffsetStoreSession session : all) {
                saved += saves(session) ? 1 : 0;
            }
            assertThat(saved).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    /** A pipeline whose session is fenced before it is open halts at its first batch; here it may as well open again. */
    protected OffsetStoreSession openWhenThere(OffsetStore store, String ofGroup) throws Exception {
        while (true) {
            try {
                return open(store, ofGroup);
            } catch (SourceUnavailableException | SinkConflictException busy) {
                requireNotInterrupted();
            }
        }
    }

    private static void requireNotInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        Thread.onSpinWait();
    }

    private boolean saves(OffsetStoreSession session) throws Exception {
        try {
            session.save(Map.of(first, 1L));
            return true;
        } catch (SinkConflictException overtaken) {
            return false;
        }
    }

    @Test
    void aSystemThatIsAwayIsWaitedForAndNothingIsLost() throws Exception {
        OffsetStore store = begin();
        OffsetStoreSession session = open(store, group);
        session.save(Map.of(first, 1L, second, 1L));
        goAway();
        assertThatExceptionOfType(SourceUnavailableException.class)
                .isThrownBy(() -> session.save(Map.of(first, 2L)))
                .withMessageContaining("'kafka-0' of pipeline 'shop'");
        assertThatExceptionOfType(SourceUnavailableException.class)
                .isThrownBy(() -> store.open(context(group)))
                .withMessageContaining("'kafka-0' of pipeline 'shop'");
        comeBack();
        saveWhenThere(session, Map.of(first, 3L));
        assertThat(new HashMap<>(openWhenThere(store, group).offsets())).isEqualTo(Map.of(first, 3L, second, 1L));
        assertFencedWhenThere(session);
    }

    private static void saveWhenThere(OffsetStoreSession session, Map<TopicPartition, Long> offsets) throws Exception {
        while (true) {
            try {
                session.save(offsets);
                return;
            } catch (SourceUnavailableException away) {
                requireNotInterrupted();
            }
        }
    }

    private void assertFencedWhenThere(OffsetStoreSession session) {
        assertThatExceptionOfType(SinkConflictException.class)
                .isThrownBy(() -> saveWhenThere(session, Map.of(first, 99L)));
    }
}
