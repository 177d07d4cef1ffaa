package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A service with a receiver and the write-ahead log, which is killed by {@code kill -9} over and over. */
class ReceiverKillTest {

    private static final int KILLS = 4;
    private static final int PARTITIONS = 2;
    private static final int RECORDS = 10_000;
    private static final int MAX_BATCHES = 10; // that end between two kills: they are less than all

    @TempDir
    private Path directory;

    private final TestKafka kafka = TestKafka.shared();
    private final String topic = kafka.newTopic(PARTITIONS);
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void noRecordIsLostHoweverOftenTheProcessIsKilled() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            kafka.send(topic, partition, numbers(partition).toArray(String[]::new));
        }
        KilledProcess mover = mover();
        for (int kill = 0; kill < KILLS; kill++) {
            mover.runUntilKilled();
        }
        mover.runUntilAllIsDone();
        Set<String> moved = new HashSet<>(moved());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(moved).as("seed %s, %s", seed, mover).containsAll(numbers(partition));
        }
        assertThat(moved).hasSize(RECORDS);
    }

    private KilledProcess mover() {
        return new KilledProcess(
                directory.resolve("log"),
                random,
                MAX_BATCHES,
                KilledMover.class,
                KilledMover.Stream.RECEIVER.name(),
                kafka.broker().bootstrapServers(),
                topic,
                directory.resolve("checkpoints").toString(),
                directory.resolve("files").toString(),
                String.valueOf(RECORDS));
    }

    private static List<String> numbers(int partition) {
        int each = RECORDS / PARTITIONS;
        return IntStream.range(partition * each, (partition + 1) * each)
                .mapToObj(String::valueOf)
                .toList();
    }

    private List<String> moved() throws IOException {
        List<String> moved = new ArrayList<>();
        try (Stream<Path> files = Files.list(directory.resolve("files").resolve("values"))) {
            for (Path file : files.filter(file -> !file.endsWith("part")).toList()) {
                moved.addAll(Files.readAllLines(file));
            }
        }
        return moved;
    }
}
