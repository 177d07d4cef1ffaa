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

/**
 * A program in a process of its own, which is started and killed over and over. Its standard output has a line that begins with {@code
 * batch} for each batch, and {@code all} when all is done; what else it says goes to a log.
 */
final class KilledProcess {

    private final Path log;
    private final Random random;
    private final int maxBatches;
    private final List<String> command;

    /**
     * @param log the file of the log, for messages
     * @param random says when it is killed
     * @param maxBatches how many batches may end before that
     */
    KilledProcess(Path log, Random random, int maxBatches, Class<?> program, String... arguments) {
        this.log = log;
        this.random = random;
        this.maxBatches = maxBatches;
        this.command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
    }

    /** Starts it, and kills it, as {@code kill -9} does, after some batches. */
    void runUntilKilled() throws IOException, InterruptedException {
        Process process = start();
        try (BufferedReader out = process.inputReader()) {
            awaitSomeBatches(process, out);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Waits until it is at any step of a batch behind some that have ended. */
    void awaitSomeBatches(Process process, BufferedReader out) throws IOException, InterruptedException {
        int batches = 1 + random.nextInt(maxBatches);
        for (int batch = 0; batch < batches; batch++) {
            assertThat(out.readLine()).as(toString()).startsWith("batch ");
        }
        process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
    }

    /** Starts it, and kills it when it has done all. */
    void runUntilAllIsDone() throws IOException, InterruptedException {
        Process process = start();
        try (BufferedReader out = process.inputReader()) {
            awaitAll(out);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Waits until it has done all. */
    void awaitAll(BufferedReader out) throws IOException {
        String line = out.readLine();
        while (line != null && line.startsWith("batch ")) {
            line = out.readLine();
        }
        assertThat(line).as(toString()).isEqualTo("all");
    }

    Process start() throws IOException {
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    @Override
    public String toString() {
        try {
            return "log:\n" + Files.readString(log);
        } catch (IOException unreadable) {
            return "no log";
        }
    }
}
