package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service with a checkpoint directory that moves numbered records into files and a topic, and is killed by {@code kill -9} over and over,
 * or stopped and overtaken, or left by its broker. {@code -Dkills=50 -Dnumbers=200000} says how often and how many, {@code -Doutage=60} how
 * many seconds the broker is away, {@code -Dseed=…} repeats the choice of a run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class KillTest {

    private static final int KILLS = Integer.getInteger("kills", 5);
    private static final int OUTAGE_SECONDS = Integer.getInteger("outage", 5);
    private static final int PARTITIONS = 2;
    private static final int RECORDS = Math.max(Integer.getInteger("numbers", 20_000), KILLS * 4_000);
    private static final int MAX_BATCHES = 5; // that end between two kills: they are less than all

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(PARTITIONS);
    private final String target = kafka.newTopic(PARTITIONS);
    private final String letters = kafka.newTopic(PARTITIONS);
    private final long seed = Long.getLong("seed", new Random().nextInt());
    private final Random random = new Random(seed);

    @Test
    void eachRecordIsMovedAndCountedOnceHoweverOftenTheProcessIsKilled() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        sendNumbers();
        KilledProcess mover = mover("checkpoints", "files");
        for (int kill = 0; kill < KILLS; kill++) {
            mover.runUntilKilled();
        }
        mover.runUntilAllIsDone();
        checkAll();
    }

    @Test
    void oneThatIsStoppedAndOvertakenHaltsAndEachRecordIsInTheTopicOnce() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        sendNumbers();
        KilledProcess mover = mover("checkpoints", "files");
        Process stopped = mover.start();
        try (BufferedReader out = stopped.inputReader()) {
            mover.awaitSomeBatches(stopped, out);
            signal(stopped, "STOP");
            copy(directory.resolve("checkpoints"), directory.resolve("checkpoints of the next"));
            mover("checkpoints of the next", "files of the next").runUntilAllIsDone();
            signal(stopped, "CONT");
            assertThat(out.lines().dropWhile(line -> line.startsWith("batch ")))
                    .as(toString())
                    .containsExactly("halted on SinkConflictException");
        } finally {
            stopped.destroyForcibly().waitFor();
        }
        checkTarget();
    }

    @Test
    void oneWhoseBrokerIsKilledAndAwayForLongGoesOnAndMovesEachRecordOnce() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        sendNumbers();
        KilledProcess mover = mover("checkpoints", "files");
        Process moving = mover.start();
        try (BufferedReader out = moving.inputReader()) {
            mover.awaitSomeBatches(moving, out);
            kafka.broker().kill();
            assertThat(moving.waitFor(OUTAGE_SECONDS, TimeUnit.SECONDS))
                    .as("it has ended, %s", this)
                    .isFalse();
            kafka.broker().restart();
            mover.awaitAll(out);
        } finally {
            kafka.broker().restart();
            moving.destroyForcibly().waitFor();
        }
        checkAll();
    }

    private void sendNumbers() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            kafka.send(topic, partition, numbers().toArray(String[]::new));
        }
    }

    private void checkAll() throws IOException {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(moved(partition)).as("partition %s, %s", partition, this).isEqualTo(numbers());
        }
        checkTarget();
        checkWindows();
    }

    private void checkTarget() {
        check(
                target,
                numbers().stream()
                        .filter(number -> !KilledMover.isPoison(number))
                        .toList());
        check(letters, numbers().stream().filter(KilledMover::isPoison).toList());
    }

    private void check(String checked, List<String> expected) {
        List<ConsumerRecord<String, String>> records = kafka.readCommitted(checked);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int number = partition;
            assertThat(records.stream()
                            .filter(record -> record.partition() == number)
                            .map(ConsumerRecord::value)
                            .toList())
                    .as("partition %s of topic %s, %s", partition, checked, this)
                    .isEqualTo(expected);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path)));
            }
        }
    }

    private static void signal(Process process, String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    private KilledProcess mover(String checkpoints, String files) {
        return new KilledProcess(
                directory.resolve("log"),
                random,
                MAX_BATCHES,
                KilledMover.class,
                KilledMover.Stream.DIRECT.name(),
                kafka.broker().bootstrapServers(),
                topic,
                directory.resolve(checkpoints).toString(),
                directory.resolve(files).toString(),
                String.valueOf(RECORDS),
                target,
                letters);
    }

    private static List<String> numbers() {
        return IntStream.range(0, RECORDS / PARTITIONS)
                .mapToObj(String::valueOf)
                .toList();
    }

    private List<String> moved(int partition) throws IOException {
        String prefix = partition + " ";
        List<String> moved = new ArrayList<>();
        for (Path file : files("values")) {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith(prefix)) {
                    moved.add(line.substring(prefix.length()));
                }
            }
        }
        return moved;
    }

    /** A window has the records of its batches, whichever of them ran before a kill. */
    private void checkWindows() throws IOException {
        List<Path> batches = files("values");
        for (Path window : files("window")) {
            long end = Long.parseLong(window.getFileName().toString());
            long start = end - KilledMover.INTERVAL.multipliedBy(4).toMillis();
            long records = 0;
            for (Path batch : batches) {
                long time = Long.parseLong(batch.getFileName().toString());
                records +=
                        time > start && time <= end ? Files.readAllLines(batch).size() : 0;
            }
            assertThat(Files.readString(window).strip())
                    .as("window %s, %s", window, this)
                    .isEqualTo(String.valueOf(records));
        }
    }

    private List<Path> files(String output) throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("files").resolve(output))) {
            return files.filter(file -> !file.endsWith("part")).sorted().toList();
        }
    }

    @Override
    public String toString() {
        try {
            return "seed " + seed + ", log:\n" + Files.readString(directory.resolve("log"));
        } catch (IOException unreadable) {
            return "seed " + seed;
        }
    }
}
