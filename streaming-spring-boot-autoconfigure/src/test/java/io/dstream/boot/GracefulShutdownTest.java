package io.dstream.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real process that gets a real SIGTERM. */
class GracefulShutdownTest {

    private static final int SIGTERM_EXIT = 128 + 15;

    private Process service;

    @AfterEach
    void kill() {
        service.destroyForcibly();
    }

    @Test
    void everyLineStoredBeforeSigtermIsCounted() throws IOException, InterruptedException {
        service = start();
        List<String> lines = new ArrayList<>();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(service.getInputStream(), StandardCharsets.UTF_8))) {
            readUntilCounting(output, lines);
            service.toHandle().destroy(); // as Process.destroy(), which would also close the output
            output.lines().forEach(lines::add);
        }
        assertThat(service.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).isEqualTo(SIGTERM_EXIT);
        List<Long> stored = numbers(lines, CountingApplication.STORED);
        assertThat(stored).as(() -> String.join("\n", lines)).hasSize(1);
        assertThat(numbers(lines, CountingApplication.COUNTED).stream()
                        .mapToLong(Long::longValue)
                        .sum())
                .as(() -> String.join("\n", lines))
                .isPositive()
                .isEqualTo(stored.get(0));
    }

    private static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CountingApplication.class.getName(),
                        "--streaming.batch-interval=50ms",
                        "--streaming.max-records-per-batch=50000")
                .redirectErrorStream(true)
                .start();
    }

    /** Reads until three batches had lines. */
    private static void readUntilCounting(BufferedReader output, List<String> lines) throws IOException {
        int full = 0;
        while (full < 3) {
            String line = output.readLine();
            assertThat(line).as(() -> String.join("\n", lines)).isNotNull();
            lines.add(line);
            full += line.startsWith(CountingApplication.COUNTED) && !line.endsWith(" 0") ? 1 : 0;
        }
    }

    private static List<Long> numbers(List<String> lines, String prefix) {
        return lines.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> Long.parseLong(line.substring(prefix.length())))
                .toList();
    }
}
