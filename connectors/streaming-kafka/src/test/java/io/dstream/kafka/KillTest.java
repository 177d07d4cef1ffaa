package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with a checkpoint directory that moves numbered records, and is killed by {@code kill -9} over and over. */
class KillTest {

    private static final int KILLS = 5;
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 20_000;
    private static final int MAX_BATCHES = 5; // that end between two kills: they are less than all

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(PARTITIONS);
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void eachRecordIsMovedAndCountedOnceHoweverOftenTheProcessIsKilled() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            kafka.send(topic, partition, numbers().toArray(String[]::new));
        }
        KilledProcess mover = mover();
        for (int kill = 0; kill < KILLS; kill++) {
            mover.runUntilKilled(1 + random.nextInt(MAX_BATCHES));
        }
        mover.runUntilAllIsDone();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(moved(partition)).as("partition %s, %s", partition, this).isEqualTo(numbers());
        }
        checkWindows();
    }

    private KilledProcess mover() {
        return new KilledProcess(
                directory.resolve("log"),
                KilledMover.class,
                KilledMover.Stream.DIRECT.name(),
                kafka.broker().bootstrapServers(),
                topic,
                directory.resolve("checkpoints").toString(),
                directory.resolve("files").toString(),
                String.valueOf(RECORDS));
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
