package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.RDD;
import io.dstream.storage.BlockLog;
import io.dstream.storage.CheckpointDirectory;
import io.dstream.storage.Codec;
import io.dstream.storage.LoggedBlock;
import io.dstream.storage.WriteAheadLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs on a real file system that is full, or cannot be written. */
class FullDiskTest {

    @TempDir
    private Path temporary;

    private SmallDisk disk;

    @BeforeEach
    void mount() throws Exception {
        disk = SmallDisk.mount(temporary.resolve("disk"));
    }

    @AfterEach
    void unmount() throws Exception {
        if (disk != null) { // else the test is skipped
            disk.close();
        }
    }

    @Test
    void blocksThatHadRoomAreKeptAndTheLogGoesOnWhenThereIsRoomAgain() throws IOException {
        List<Long> safe = new ArrayList<>();
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.path(), "orders");
                WriteAheadLog log = directory.writeAheadLog()) {
            disk.take(64 * 1024);
            writeUntilFull(log, safe);
            assertThatIOException()
                    .isThrownBy(() -> write(log, 1_000))
                    .withMessageContaining("write-ahead log cannot be written");
            disk.empty();
            log.release("queue-0", 1); // nothing is deleted by that: the segment has other blocks
            write(log, 2_000, 1);
            safe.add(2_000L);
        }
        assertThat(numbers()).containsAll(safe.subList(2, safe.size())).doesNotContain(1_000L);
    }

    @Test
    void aDiskThatCannotBeWrittenIsToldAndTheLogGoesOnWhenItCan() throws Exception {
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.path(), "orders")) {
            try (WriteAheadLog log = directory.writeAheadLog()) {
                write(log, 1);
            }
        }
        disk.setWritable(false);
        assertThatIOException()
                .isThrownBy(() -> CheckpointDirectory.open(disk.path(), "orders"))
                .withMessageContaining("Read-only file system");
        disk.setWritable(true);
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.path(), "orders");
                WriteAheadLog log = directory.writeAheadLog()) {
            write(log, 2);
        }
        assertThat(numbers()).containsExactly(1L, 2L);
    }

    @Test
    void aPipelineWaitsForRoomAndGoesOnByItself() throws Exception {
        Recorder recorder = new Recorder();
        Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>();
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(5))
                .withParallelism(1)
                .withFailure(Failures.attempts(1))
                .withCheckpointDirectory(disk.path())
                .withObserver(recorder);
        try (StreamingContext context = new StreamingContext(config)) {
            context.queueStream(queue).foreachRDD(rdd -> rdd.count());
            context.start();
            recorder.awaitBatch();
            disk.fill();
            assertThat(recorder.awaitState(State.WAITING).problem())
                    .hasMessageContaining("batch log cannot be written");
            disk.empty();
            recorder.awaitState(State.ACTIVE);
            recorder.awaitBatch();
        }
    }

    @Test
    void aReceiverWaitsForRoomInTheLogAndGoesOnByItself() throws Exception {
        Recorder recorder = new Recorder();
        TestReceiver<Integer> receiver = new TestReceiver<>();
        List<Integer> seen = new CopyOnWriteArrayList<>();
        try (StreamingContext context = new StreamingContext(logged(recorder))) {
            context.receiverStream(receiver).foreachRDD(rdd -> seen.addAll(rdd.collect()));
            context.start();
            receiver.awaitStarted();
            receiver.putTogether(List.of(1));
            recorder.awaitBatch();
            disk.fill();
            CompletableFuture<Void> storing = storeInBackground(receiver);
            assertThat(recorder.awaitState(State.WAITING).problem())
                    .hasMessageContaining("cannot be written")
                    .hasMessageContaining("No space left");
            disk.empty();
            recorder.awaitState(State.ACTIVE);
            storing.get();
            context.stop();
        }
        assertThat(seen).containsExactly(IntStream.rangeClosed(1, 101).boxed().toArray(Integer[]::new));
        assertThat(recorder.log()).doesNotContain("batch FAILED").containsOnlyOnce("receiver started");
    }

    private StreamingConfig logged(Recorder recorder) {
        return StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(5))
                .withParallelism(1)
                .withFailure(Failures.attempts(1))
                .withCheckpointDirectory(disk.path())
                .withWriteAheadLog(true)
                .withObserver(recorder);
    }

    private static CompletableFuture<Void> storeInBackground(TestReceiver<Integer> receiver) {
        return CompletableFuture.runAsync(() -> {
            try {
                for (int i = 2; i <= 100; i += 2) {
                    receiver.putTogether(List.of(i));
                    receiver.put(i + 1);
                }
            } catch (InterruptedException interruption) {
                throw new IllegalStateException(interruption);
            }
        });
    }

    private static void writeUntilFull(WriteAheadLog log, List<Long> safe) {
        try {
            for (long number = 0; number < 1_000; number++) {
                write(log, number);
                safe.add(number);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("write-ahead log cannot be written");
            return;
        }
        throw new AssertionError("The disk should be full after " + safe.size() + " blocks");
    }

    private static void write(WriteAheadLog log, long number) throws IOException {
        write(log, number, 10_000);
    }

    private static void write(WriteAheadLog log, long number, int length) throws IOException {
        new BlockLog(log, "queue-0", Codec.allowing(List.of()), true).write(number, List.of(List.of(new byte[length])));
    }

    private List<Long> numbers() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(disk.path(), "orders");
                WriteAheadLog log = directory.writeAheadLog()) {
            return log.blocks("queue-0", 0).stream().map(LoggedBlock::number).toList();
        }
    }
}
