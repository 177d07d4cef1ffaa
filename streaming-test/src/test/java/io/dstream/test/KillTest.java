package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.Pair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed, again and again, at the steps of a batch and at random moments, loses nothing that it has acknowledged, and
 * runs no batch with other records; what it counts and sums up is what a model makes of the batches. Ten kills, unless {@code -Dkills=200} says how many at random there are beside one at each step;
 * {@code -Dseed=…} repeats the choice of a run.
 */
class KillTest {

    private static final String NO_STEP = "none";
    private static final int MAX_MILLIS_AFTER_START = 1_000; // before a kill while it starts
    private static final int MAX_MILLIS_AFTER_STEP = 30; // before one while it runs
    private static final int MAX_OCCURRENCE = 5;
    private static final int PATIENCE = 5; // minutes until a process that hangs fails the test

    private final int kills = Integer.getInteger("kills", 0);
    private final long seed = Long.getLong("seed", new Random().nextInt());
    private final Random random = new Random(seed);

    @TempDir
    private Path temporary;

    private Path saved;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void whatIsAcknowledgedIsSavedInOrderAndCountedHoweverOftenTheProcessIsKilled() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        saved = temporary.resolve("saved");
        for (String output : List.of("numbers", "counts", "sums")) {
            Files.createDirectories(saved.resolve(output));
        }
        try (NumberSender sender = new NumberSender()) {
            for (Kill kill : kills()) {
                kill(kill, sender);
            }
            long last = runToTheEnd(sender);
            assertThat(count(sender)).as("numbers saved, seed %d", seed).isEqualTo(last);
            checkCounts();
            checkSums();
        }
    }

    /** Where the process is killed, one time after the other. */
    private List<Kill> kills() {
        List<Kill> atSteps = new ArrayList<>();
        KilledService.STEPS.forEach(step -> atSteps.add(new Kill(step, occurrence(), true, 0)));
        Collections.shuffle(atSteps, random);
        List<Kill> all = new ArrayList<>(kills == 0 ? atSteps.subList(0, 6) : atSteps);
        for (int i = 0; i < (kills == 0 ? 4 : kills); i++) {
            all.add(atRandom());
        }
        Collections.shuffle(all, random);
        return all;
    }

    /** Some while the process starts and recovers, most while batches run, however slow the machine is. */
    private Kill atRandom() {
        if (random.nextInt(4) == 0) {
            return new Kill(NO_STEP, 1, false, random.nextInt(MAX_MILLIS_AFTER_START));
        }
        String step = KilledService.STEPS.get(random.nextInt(KilledService.STEPS.size()));
        return new Kill(step, occurrence(), false, random.nextInt(MAX_MILLIS_AFTER_STEP));
    }

    private int occurrence() {
        return 1 + random.nextInt(MAX_OCCURRENCE);
    }

    private void kill(Kill kill, NumberSender sender) throws Exception {
        try (ChildProcess process = start(kill, sender)) {
            process.requireLine("ready");
            if (!kill.step().equals(NO_STEP)) {
                process.requireLine("at " + kill.step());
            }
            process.kill(kill.millis());
        }
    }

    private long runToTheEnd(NumberSender sender) throws Exception {
        try (ChildProcess process = start(new Kill(NO_STEP, 1, false, 0), sender)) {
            process.requireLine("ready");
            long last = sender.finish(System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE));
            process.endInput();
            return last;
        }
    }

    private ChildProcess start(Kill kill, NumberSender sender) throws IOException {
        ChildProcess process = ChildProcess.start(
                kill + ", seed " + seed,
                KilledService.class,
                "",
                log(),
                temporary.resolve("checkpoints").toString(),
                saved.toString(),
                Integer.toString(sender.port()),
                kill.step(),
                Integer.toString(kill.occurrence()),
                Boolean.toString(kill.waits()));
        process.endLater(PATIENCE, TimeUnit.MINUTES);
        return process;
    }

    private Path log() {
        return temporary.resolve("log");
    }

    /**
     * Goes through the numbers in the order of the batches. A number may be there again if it was sent again, but none may be missing
     * before a higher one.
     *
     * @return how many there are, each counted once
     */
    private long count(NumberSender sender) throws IOException {
        Map<Long, Integer> times = new HashMap<>();
        long count = 0;
        for (long number : numbers()) {
            assertThat(number).as("number after %d, seed %d", count, seed).isLessThanOrEqualTo(count + 1);
            count = Math.max(count, number);
            times.merge(number, 1, Integer::sum);
        }
        times.forEach((number, saves) -> assertThat(saves)
                .as("how often %d is there, seed %d", number, seed)
                .isLessThanOrEqualTo(sender.timesSent(number)));
        return count;
    }

    private List<Long> numbers() throws IOException {
        return batches().values().stream().flatMap(List::stream).toList();
    }

    /** The numbers of each batch that has some. */
    private NavigableMap<Long, List<Long>> batches() throws IOException {
        NavigableMap<Long, List<Long>> batches = new TreeMap<>();
        saved("numbers").forEach((time, text) -> batches.put(time, longs(text)));
        return batches;
    }

    /** Each batch since the first number has the counts of all until then. */
    private void checkCounts() throws IOException {
        NavigableMap<Long, List<Long>> batches = batches();
        NavigableMap<Long, String> counts = saved("counts");
        assertThat(counts.keySet()).as("batches with counts, seed %d", seed).containsAll(batches.keySet());
        NavigableMap<Long, Long> expected = new TreeMap<>();
        counts.forEach((time, text) -> {
            batches.getOrDefault(time, List.of())
                    .forEach(number -> expected.merge(number % KilledService.DIVISOR, 1L, Long::sum));
            assertThat(text)
                    .as("counts in batch %d, seed %d", time, seed)
                    .isEqualTo(expected.entrySet().stream()
                            .map(count -> Pair.of(count.getKey(), count.getValue()))
                            .toList()
                            .toString());
        });
    }

    /** What is in no file is no number. */
    private void checkSums() throws IOException {
        NavigableMap<Long, List<Long>> batches = batches();
        NavigableMap<Long, String> sums = saved("sums");
        assertThat(sums.keySet()).as("batches with sums, seed %d", seed).containsAll(batches.keySet());
        sums.forEach((time, text) -> assertThat(sum(longs(text)))
                .as("sum in batch %d, seed %d", time, seed)
                .isEqualTo(batches.subMap(time - KilledService.WINDOW.toMillis(), false, time, true).values().stream()
                        .mapToLong(KillTest::sum)
                        .sum()));
    }

    /** The text of each batch of an output, by its time. */
    private NavigableMap<Long, String> saved(String output) throws IOException {
        NavigableMap<Long, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.list(saved.resolve(output))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                texts.put(Long.valueOf(file.getFileName().toString()), Files.readString(file));
            }
        }
        return texts;
    }

    private static List<Long> longs(String text) {
        return Arrays.stream(text.substring(1, text.length() - 1).split(", "))
                .map(Long::valueOf)
                .toList();
    }

    private static long sum(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).sum();
    }

    /**
     * When the process is killed.
     *
     * @param step where it tells that it is
     * @param occurrence of this step, from 1
     * @param waits whether it waits there
     * @param millis how much later it is killed
     */
    private record Kill(String step, int occurrence, boolean waits, int millis) {}
}
