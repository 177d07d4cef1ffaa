package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // a group that is not forced would be waited for
class JournalTest {

    private static final int LARGE = 1_000_000;

    private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void anEmptyDirectoryIsANewJournal() throws IOException {
        try (TestJournal journal = open()) {
            assertThat(journal.groups).isEmpty();
        }
        assertThat(disk.operations()).isEmpty();
    }

    @Test
    void groupsAreReadInTheOrderInWhichTheyWereWritten() throws IOException {
        try (TestJournal journal = open()) {
            journal.write("a", "b");
            journal.write("c");
            journal.write("", "x".repeat(LARGE), "y");
        }
        assertThat(open().groups).containsExactly(List.of("a", "b"), List.of("c"), List.of("", "x".repeat(LARGE), "y"));
    }

    @Test
    void aGroupTakesOneWriteAndOneForce() throws IOException {
        TestJournal journal = open();
        journal.write("first");
        int before = disk.operations().size();
        journal.write("a", "b".repeat(20_000), "c");
        assertThat(disk.operations().subList(before, disk.operations().size()))
                .containsExactly("write log-0000000000000001.seg", "force log-0000000000000001.seg");
    }

    @Test
    void everyRunHasASegmentOfItsOwn() throws IOException {
        for (String run : List.of("a", "b", "c")) {
            try (TestJournal journal = open()) {
                journal.write(run);
            }
        }
        assertThat(segments()).containsExactly(1L, 2L, 3L);
        assertThat(open().read()).containsExactly("a", "b", "c");
    }

    @Test
    void readingChangesNothing() throws IOException {
        TestJournal killed = open();
        killed.write("a");
        List<String> before = disk.operations();
        assertThat(open().read()).containsExactly("a");
        assertThat(disk.operations()).isEqualTo(before);
    }

    @Test
    void aSegmentThatIsLongEnoughGetsNoMoreGroups() throws IOException {
        try (TestJournal journal = open()) {
            for (int i = 0; i < 10; i++) {
                journal.write("x".repeat(500) + i);
            }
            assertThat(journal.journal.sealed()).hasSize(3);
            assertThat(journal.segments.values()).containsExactly(1L, 1L, 1L, 2L, 2L, 2L, 3L, 3L, 3L, 4L);
        }
        assertThat(open().read()).hasSize(10);
    }

    @Test
    void threadsThatWriteAtOnceShareAForce() throws Exception {
        TestJournal journal = open();
        journal.write("first");
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch allWait = new CountDownLatch(1);
        disk.setFate((number, operation) -> {
            if (operation.startsWith("force") && forcing.getCount() > 0) {
                forcing.countDown();
                await(allWait);
            }
        });
        List<Thread> threads = IntStream.range(0, 8)
                .mapToObj(i -> new Thread(() -> write(journal, "group " + i)))
                .toList();
        threads.get(0).start();
        forcing.await();
        threads.subList(1, 8).forEach(Thread::start);
        threads.subList(1, 8).forEach(JournalTest::awaitWaiting);
        int before = disk.operations().size();
        allWait.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Collections.frequency(
                        disk.operations().subList(before, disk.operations().size()), "force log-0000000000000001.seg"))
                .isEqualTo(1); // beside the one that has begun
        assertThat(open().read())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of("first"), IntStream.range(0, 8).mapToObj(i -> "group " + i))
                                .toList());
    }

    @Test
    void aFailureIsToldToAllThatWaited() throws Exception {
        TestJournal journal = open();
        journal.write("first");
        ConcurrentLinkedQueue<IOException> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch allWait = new CountDownLatch(1);
        disk.setFate((number, operation) -> {
            if (operation.startsWith("force")) {
                forcing.countDown();
                await(allWait);
            }
            if (operation.startsWith("write")) {
                throwIf(forcing.getCount() == 0, "no space left");
            }
        });
        List<Thread> threads = IntStream.range(0, 5)
                .mapToObj(i -> new Thread(() -> {
                    try {
                        journal.write("group " + i);
                    } catch (IOException failure) {
                        failures.add(failure);
                    }
                }))
                .toList();
        threads.get(0).start();
        forcing.await();
        threads.subList(1, 5).forEach(Thread::start);
        threads.subList(1, 5).forEach(JournalTest::awaitWaiting);
        allWait.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).hasSize(4).doesNotHaveDuplicates().allSatisfy(failure -> assertThat(failure)
                .hasMessageContaining("test log cannot be written")
                .hasMessageContaining("no space left"));
        disk.setFate(SimulatedDisk.Fate.GOOD);
        journal.write("later");
        assertThat(open().read()).containsExactly("first", "group 0", "later");
    }

    @Test
    void anInterruptDoesNotEndACall() throws IOException {
        TestJournal journal = open();
        Thread.currentThread().interrupt();
        journal.write("a");
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    @Test
    void aSegmentWhoseForceHasFailedIsNeverTouchedAgain() throws IOException {
        TestJournal journal = open();
        journal.write("a");
        failOnce("force log-0000000000000001.seg");
        assertThatIOException().isThrownBy(() -> journal.write("b"));
        assertThat(journal.journal.sealed()).isEmpty(); // nothing may replace it before there is another
        int before = disk.operations().size();
        journal.write("b");
        assertThat(journal.journal.sealed()).hasSize(1);
        assertThat(disk.operations().subList(before, disk.operations().size()))
                .noneMatch(operation -> operation.contains("log-0000000000000001.seg"));
        assertThat(TestJournal.FILES.segments(disk.afterCut().list())).containsExactly(1L, 2L);
        assertThat(new TestJournal(disk.afterCut(), 1_500).read()).containsExactly("a", "b");
    }

    @Test
    void filesThatCouldNotBeMadeDoNotPileUp() throws IOException {
        TestJournal journal = open();
        journal.write("a");
        disk.setFate((number, operation) -> throwIf(operation.startsWith("write"), "no space left"));
        for (int i = 0; i < 10; i++) {
            assertThatIOException().isThrownBy(() -> journal.write("b"));
        }
        assertThat(segments()).containsExactly(1L);
        disk.setFate(SimulatedDisk.Fate.GOOD);
        journal.write("b");
        assertThat(open().read()).containsExactly("a", "b");
    }

    @Test
    void aJournalThatIsClosedIsNotWritten() throws IOException {
        TestJournal journal = open();
        journal.write("a");
        journal.close();
        journal.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> journal.write("b"))
                .withMessageContaining("test log of pipeline 'orders' is closed");
        assertThat(open().read()).containsExactly("a");
    }

    @Test
    void whatWaitsWhenItIsClosedIsRefused() throws Exception {
        TestJournal journal = open();
        journal.write("first");
        CountDownLatch forcing = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        disk.setFate((number, operation) -> {
            if (operation.startsWith("force") && forcing.getCount() > 0) {
                forcing.countDown();
                await(goOn);
            }
        });
        ConcurrentLinkedQueue<String> ends = new ConcurrentLinkedQueue<>();
        Thread leader = new Thread(() -> write(journal, "leader"));
        Thread closing = new Thread(() -> close(journal));
        leader.start();
        forcing.await();
        closing.start();
        awaitWaiting(closing);
        Thread late = new Thread(() -> {
            try {
                write(journal, "late");
                ends.add("written");
            } catch (IllegalStateException refusal) {
                ends.add("refused");
            }
        });
        late.start();
        awaitWaiting(late);
        goOn.countDown();
        leader.join();
        closing.join();
        late.join();
        assertThat(ends).containsAnyOf("written", "refused").hasSize(1);
        assertThat(open().read())
                .containsExactlyElementsOf(
                        ends.contains("written") ? List.of("first", "leader", "late") : List.of("first", "leader"));
    }

    @Test
    void segmentsThatAreDroppedGoWithTheNextOne() throws IOException {
        TestJournal journal = open();
        for (int i = 0; i < 7; i++) {
            journal.write("x".repeat(500) + i);
        }
        assertThat(segments()).containsExactly(1L, 2L, 3L);
        journal.journal.drop(List.of(1L));
        assertThat(segments()).containsExactly(2L, 3L, 4L);
        journal.close();
        try (TestJournal next = open()) {
            assertThat(next.groups).hasSize(4);
        }
    }

    @Test
    void aFewBytesAreNotWorthASegment() throws IOException {
        TestJournal journal = new TestJournal(disk, 100_000);
        journal.write("a");
        journal.close();
        TestJournal next = new TestJournal(disk, 100_000);
        next.write("b");
        next.journal.drop(List.of(1L));
        assertThat(segments()).containsExactly(1L, 2L);
        next.write("x".repeat(100_000));
        next.write("c");
        assertThat(segments()).containsExactly(2L, 3L);
        assertThat(new TestJournal(disk, 100_000).read()).containsExactly("b", "x".repeat(100_000), "c");
    }

    @Test
    void segmentsThatWereReplacedNeedNotBeThere() throws IOException {
        TestJournal journal = open();
        for (int i = 0; i < 7; i++) {
            journal.write("x".repeat(500) + i);
        }
        journal.journal.forgetUpTo(1);
        assertThat(segments()).containsExactly(2L, 3L);
        journal.close();
        assertThatExceptionOfType(DamagedFileException.class)
                .isThrownBy(this::open)
                .withMessageContaining("log-0000000000000001.seg")
                .withMessageContaining("missing");
        TestJournal next = new TestJournal(disk, 1_500, 1);
        assertThat(next.groups).hasSize(4);
        disk.remove("log-0000000000000003.seg");
        assertThatExceptionOfType(DamagedFileException.class)
                .isThrownBy(() -> new TestJournal(disk, 1_500, 2))
                .withMessageContaining("log-0000000000000003.seg")
                .withMessageContaining("missing");
    }

    @Test
    void itKnowsHowManyBytesCount() throws IOException {
        TestJournal journal = open();
        for (int i = 0; i < 7; i++) {
            journal.write("x".repeat(500) + i);
            assertThat(journal.journal.bytes()).isEqualTo(sizeOfFiles());
        }
        assertThat(open().journal.bytes()).isEqualTo(sizeOfFiles());
    }

    @Test
    void theFilesOfAnotherPipelineAreRefused() throws IOException {
        try (TestJournal journal = open()) {
            journal.write("a");
        }
        JournalFiles other = new JournalFiles("test log", "payments", "log-", ".seg");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> new JournalReader<>(disk, other, null, bytes -> {}).read(0))
                .withMessageContaining("log-0000000000000001.seg")
                .withMessageContaining("'orders'")
                .withMessageContaining("'payments'");
    }

    @Test
    void aLaterFormatIsRefused() throws IOException {
        try (TestJournal journal = open()) {
            journal.write("a");
        }
        byte[] bytes = disk.bytes("log-0000000000000001.seg");
        ByteBuffer.wrap(bytes).putInt(8, 2);
        disk.put("log-0000000000000001.seg", bytes);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(this::open)
                .withMessageContaining("log-0000000000000001.seg")
                .withMessageContaining("format 2")
                .withMessageContaining("format 1");
    }

    @Test
    void aSegmentUnderAnotherNameIsRefused() throws IOException {
        try (TestJournal journal = open()) {
            journal.write("a");
        }
        disk.put("log-0000000000000009.seg", disk.bytes("log-0000000000000001.seg"));
        assertThatExceptionOfType(DamagedFileException.class)
                .isThrownBy(this::open)
                .withMessageContaining("log-0000000000000009.seg")
                .withMessageContaining("test log 1");
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        List<String> others =
                List.of("log-1.seg", "log-000000000000000x.seg", "log-0000000000000001.wal", "log-x.newest", "lock");
        others.forEach(name -> disk.put(name, new byte[] {1}));
        try (TestJournal journal = open()) {
            journal.write("a");
        }
        assertThat(disk.list()).containsAll(others).hasSize(others.size() + 2);
    }

    private TestJournal open() throws IOException {
        return new TestJournal(disk, 1_500);
    }

    private List<Long> segments() {
        return TestJournal.FILES.segments(disk.list());
    }

    private long sizeOfFiles() {
        return disk.list().stream().mapToLong(name -> disk.bytes(name).length).sum();
    }

    private void failOnce(String failing) {
        List<String> failed = new ArrayList<>();
        disk.setFate((number, operation) -> {
            if (operation.equals(failing) && failed.isEmpty()) {
                failed.add(operation);
                throw new IOException("input/output error");
            }
        });
    }

    private static void throwIf(boolean condition, String message) throws IOException {
        if (condition) {
            throw new IOException(message);
        }
    }

    private static void write(TestJournal journal, String text) {
        try {
            journal.write(text);
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void close(TestJournal journal) {
        try {
            journal.close();
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interruption) {
            throw new IllegalStateException(interruption);
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
