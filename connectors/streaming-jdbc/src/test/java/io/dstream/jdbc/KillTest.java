package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.jdbc.WatchedDataSource.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that moves numbers into PostgreSQL and MariaDB and is killed, or stopped and overtaken: each number is in both once. Three
 * kills, one at each step of a transaction, unless {@code -Dkills=50} says how many there are at random beside; {@code -Dnumbers=200000}
 * says how many numbers there are at least, {@code -Dseed=…} repeats the choice of a run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class KillTest {

    private static final List<Step> STEPS = List.of(Step.ROWS_WRITTEN, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);
    private static final String NOWHERE = "none";

    private final int kills = Integer.getInteger("kills", 0);
    private final long seed = Long.getLong("seed", new Random().nextInt());
    private final Random random = new Random(seed);

    @TempDir
    private Path temporary;

    private List<String> urls;
    private Process process;
    private BufferedReader out;

    @BeforeEach
    void open() throws Exception {
        urls = List.of(TestDatabase.POSTGRESQL.newUrl(), TestDatabase.MARIADB.newUrl());
        for (String url : urls) {
            execute(TestDatabase.dataSource(url), "create table " + MovingService.TABLE + " (n bigint)");
        }
    }

    @AfterEach
    void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void eachNumberIsMovedOnceHoweverOftenTheProcessIsKilled() throws Exception {
        System.out.println("KillTest: -Dseed=" + seed);
        long last = Math.max(Long.getLong("numbers", 3_000), kills * 2_000L);
        for (Step step : STEPS) {
            start(
                    last,
                    Integer.toString(random.nextInt(2)),
                    step,
                    2 + random.nextInt(5)); // the first commit is that of the start
            requireLine("starting");
            requireLine("at " + step);
            kill();
        }
        for (int i = 0; i < kills; i++) {
            start(last, NOWHERE, Step.CONNECT, 1);
            requireLine("starting");
            process.waitFor(random.nextInt(500), TimeUnit.MILLISECONDS);
            kill();
        }
        start(last, NOWHERE, Step.CONNECT, 1);
        requireLine("starting");
        requireLine("moved");
        for (String url : urls) {
            assertThat(query(
                            TestDatabase.dataSource(url),
                            "select count(*), count(distinct n), min(n), max(n) from " + MovingService.TABLE))
                    .as("numbers in %s, seed %d", url, seed)
                    .containsExactly(last + " " + last + " 1 " + last);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void oneThatIsStoppedInATransactionIsOvertakenAndWritesNothingWhenItGoesOn(int database) throws Exception {
        start(1_000_000, Integer.toString(database), Step.ROWS_WRITTEN, 5);
        requireLine("starting");
        requireLine("at " + Step.ROWS_WRITTEN);
        signal("STOP");
        List<String> before;
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(20))
                .withParallelism(1))) {
            NumberSource source = new NumberSource(0);
            var numbers = context.inputStream(source);
            for (int i = 0; i < 2; i++) {
                numbers.saveTo(MovingService.sink(TestDatabase.dataSource(urls.get(i))))
                        .named("database-" + i);
            }
            context.start();
            before = counts();
        }
        signal("CONT");
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        requireLine("halted on SinkConflictException");
        assertThat(counts()).isEqualTo(before);
    }

    private List<String> counts() throws Exception {
        List<String> counts = new ArrayList<>();
        for (String url : urls) {
            counts.addAll(query(TestDatabase.dataSource(url), "select count(*) from " + MovingService.TABLE));
        }
        return counts;
    }

    private void start(long last, String database, Step step, int occurrence) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MovingService.class.getName(),
                urls.get(0),
                urls.get(1),
                temporary.resolve("checkpoint").toString(),
                Long.toString(last),
                database,
                step.name(),
                Integer.toString(occurrence));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private Path log() {
        return temporary.resolve("log");
    }

    private void requireLine(String expected) throws IOException {
        String line = out.readLine();
        if (!expected.equals(line)) {
            throw new AssertionError(
                    "Not '" + expected + "' but '" + line + "', seed " + seed + "\n" + Files.readString(log()));
        }
    }

    /** As the system does with {@code kill -9}. */
    private void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    private void signal(String name) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
