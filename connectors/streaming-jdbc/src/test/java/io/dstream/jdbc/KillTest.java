package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.rdd.RDD;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that moves the numbers of a topic into PostgreSQL and MariaDB, into one of them by partitions in transactions of their own, and
 * is killed, or stopped and overtaken: each number is in both once. {@code -Dkills=50} says how often, once at each step of a
 * transaction and else at random, {@code -Dnumbers=200000} how many numbers there are at least, {@code -Dseed=…} repeats the choice of a
 * run.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KillTest {

    private static final List<Step> STEPS = List.of(Step.ROWS_WRITTEN, Step.BEFORE_COMMIT, Step.AFTER_COMMIT);
    private static final String NOWHERE = "none";

    private static final int KILLS = Integer.getInteger("kills", 5);
    private static final int MAX_BATCHES = 3; // that a kill waits for at most
    private static final int NUMBERS = Math.max(Integer.getInteger("numbers", 20_000), KILLS * 4_000);

    private final long seed = Long.getLong("seed", new Random().nextInt());
    private final Random random = new Random(seed);
    private final int byPartition = random.nextInt(2); // the database that is written so

    @TempDir
    private Path temporary;

    private List<String> urls;
    private NumberTopic topic;
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
        topic = NumberTopic.create(NUMBERS);
        for (Step step : STEPS) {
            int occurrence = 2 + random.nextInt(3); // the first commit is that of the start
            start(Integer.toString(random.nextInt(2)), step, occurrence);
            requireLine("starting");
            requireLineAfterBatches("at " + step);
            kill();
        }
        for (int i = STEPS.size(); i < KILLS; i++) {
            start(NOWHERE, Step.CONNECT, 1);
            requireLine("starting");
            for (int batches = 1 + random.nextInt(MAX_BATCHES); batches > 0; batches--) {
                requireLine("batch");
            }
            process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
            kill();
        }
        start(NOWHERE, Step.CONNECT, 1);
        requireLine("starting");
        requireLineAfterBatches("moved");
        for (String url : urls) {
            assertThat(query(
                            TestDatabase.dataSource(url),
                            "select count(*), count(distinct n), min(n), max(n) from " + MovingService.TABLE))
                    .as("numbers in %s, seed %d", url, seed)
                    .containsExactly(NUMBERS + " " + NUMBERS + " 1 " + NUMBERS);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void oneThatIsStoppedInATransactionIsOvertakenAndWritesNothingWhenItGoesOn(int database) throws Exception {
        topic = NumberTopic.create(1_000);
        start(Integer.toString(database), Step.ROWS_WRITTEN, 5);
        requireLine("starting");
        requireLineAfterBatches("at " + Step.ROWS_WRITTEN);
        signal("STOP");
        List<String> before;
        try (StreamingContext context = new StreamingContext(StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(20))
                .withParallelism(1))) {
            DStream<Long> numbers = context.queueStream(new ArrayDeque<RDD<Long>>());
            for (int i = 0; i < 2; i++) {
                MovingService.save(numbers, i, TestDatabase.dataSource(urls.get(i)), i == byPartition);
            }
            context.start();
            before = counts();
        }
        signal("CONT");
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        requireLineAfterBatches("halted on SinkConflictException");
        assertThat(counts()).isEqualTo(before);
    }

    private List<String> counts() throws Exception {
        List<String> counts = new ArrayList<>();
        for (String url : urls) {
            counts.addAll(query(TestDatabase.dataSource(url), "select count(*) from " + MovingService.TABLE));
        }
        return counts;
    }

    private void start(String database, Step step, int occurrence) throws IOException {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx96m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                MovingService.class.getName(),
                urls.get(0),
                urls.get(1),
                temporary.resolve("checkpoint").toString(),
                NumberTopic.brokers(),
                topic.name(),
                Integer.toString(topic.numbers()),
                database,
                step.name(),
                Integer.toString(occurrence),
                Integer.toString(byPartition));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    private Path log() {
        return temporary.resolve("log");
    }

    private void requireLine(String expected) throws IOException {
        require(expected, out.readLine());
    }

    private void requireLineAfterBatches(String expected) throws IOException {
        String line = out.readLine();
        while ("batch".equals(line)) {
            line = out.readLine();
        }
        require(expected, line);
    }

    private void require(String expected, @Nullable String line) throws IOException {
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
