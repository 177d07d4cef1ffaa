package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
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
        Process process = start(step, 1 + random.nextInt(MAX_OCCURRENCE), sender);
        try (BufferedReader out = outputOf(process)) {
            requireLine("ready", out);
            if (step.equals(NO_STEP)) {
                process.waitFor(random.nextInt(MAX_MILLIS), TimeUnit.MILLISECONDS);
            } else {
                requireLine("at " + step, out);
            }
            process.toHandle().destroyForcibly(); // unlike that of the process itself it leaves the output to be read
            process.waitFor();
            assertThat(out.lines()).as("output before the end, seed %d", seed).isEmpty();
        }
        assertThat(process.exitValue())
                .as("exit status of a kill, seed %d", seed)
                .isEqualTo(128 + 9);
    }

    private long runToTheEnd(NumberSender sender) throws Exception {
        Process process = start(NO_STEP, 1, sender);
        try (BufferedReader out = outputOf(process)) {
            requireLine("ready", out);
            long last = sender.finish(System.nanoTime() + TimeUnit.SECONDS.toNanos(60));
            process.getOutputStream().close();
            assertThat(out.lines()).isEmpty();
            assertThat(process.waitFor()).as("exit status, seed %d", seed).isZero();
            return last;
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(String step, int occurrence, NumberSender sender) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledService.class.getName(),
                        temporary.resolve("checkpoints").toString(),
                        saved.toString(),
                        Integer.toString(sender.port()),
                        step,
                        Integer.toString(occurrence))
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
    }

    private static BufferedReader outputOf(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private void requireLine(String expected, BufferedReader out) throws IOException {
        String line = out.readLine();
        if (!expected.equals(line)) {
            throw new AssertionError(
                    "Not '" + expected + "' but '" + line + "', seed " + seed + "\n" + Files.readString(log()));
        }
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
