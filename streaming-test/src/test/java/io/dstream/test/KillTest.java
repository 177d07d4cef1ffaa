package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed, again and again, at random moments and at the steps of a batch, loses nothing that it has acknowledged, and
 * runs no batch with other records. {@code -Dkills=200} kills it so often at random, and at every step; {@code -Dseed=…} repeats a run.
 */
class KillTest {

    private static final String NO_STEP = "none";
    private static final int MAX_MILLIS = 300; // before a kill at random
    private static final int MAX_OCCURRENCE = 5;

    private final int kills = Integer.getInteger("kills", 0);
    private final long seed = Long.getLong("seed", new Random().nextInt());
    private final Random random = new Random(seed);

    @TempDir
    private Path temporary;

    private Path saved;

    @Test
    @Timeout(value = 1, unit = TimeUnit.HOURS)
    void whatIsAcknowledgedIsSavedInOrderHoweverOftenTheProcessIsKilled() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        saved = Files.createDirectory(temporary.resolve("saved"));
        try (NumberSender sender = new NumberSender()) {
            for (String step : steps()) {
                kill(step, sender);
            }
            long last = runToTheEnd(sender);
            assertThat(last).as("numbers").isGreaterThan(steps().size());
            assertThat(count(sender)).as("numbers saved, seed %d", seed).isEqualTo(last);
        }
    }

    /** Where the process is killed, one time after the other. */
    private List<String> steps() {
        List<String> all = new ArrayList<>(KilledService.STEPS);
        Collections.shuffle(all, new Random(seed));
        List<String> steps = new ArrayList<>(kills == 0 ? all.subList(0, 6) : all);
        steps.addAll(Collections.nCopies(kills == 0 ? 4 : kills, NO_STEP));
        Collections.shuffle(steps, new Random(seed));
        return steps;
    }

    private void kill(String step, NumberSender sender) throws Exception {
        try (ChildProcess process = start(step, 1 + random.nextInt(MAX_OCCURRENCE), sender)) {
            process.requireLine("ready");
            if (step.equals(NO_STEP)) {
                process.awaitEnd(random.nextInt(MAX_MILLIS));
            } else {
                process.requireLine("at " + step);
            }
            process.kill();
        }
    }

    private long runToTheEnd(NumberSender sender) throws Exception {
        try (ChildProcess process = start(NO_STEP, 1, sender)) {
            process.requireLine("ready");
            long last = sender.finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            process.endInput();
            return last;
        }
    }

    private ChildProcess start(String step, int occurrence, NumberSender sender) throws IOException {
        return ChildProcess.start(
                KilledService.class,
                "",
                log(),
                temporary.resolve("checkpoints").toString(),
                saved.toString(),
                Integer.toString(sender.port()),
                step,
                Integer.toString(occurrence));
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
        List<Long> numbers = new ArrayList<>();
        try (Stream<Path> files = Files.list(saved)) {
            for (Path file :
                    files.filter(file -> !file.endsWith("temporary")).sorted().toList()) {
                String text = Files.readString(file);
                Arrays.stream(text.substring(1, text.length() - 1).split(", "))
                        .map(Long::valueOf)
                        .forEach(numbers::add);
            }
        }
        return numbers;
    }
}
