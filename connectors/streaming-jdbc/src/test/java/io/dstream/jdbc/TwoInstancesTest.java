package io.dstream.jdbc;

import static io.dstream.jdbc.TestDatabase.execute;
import static io.dstream.jdbc.TestDatabase.query;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.StreamingContext;
import io.dstream.jdbc.WatchedDataSource.Step;
import io.dstream.storage.DirectoryInUseException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Instances of a service that takes numbers from a topic into a database, each with a directory of its own: offsets and numbers are in one
 * database, so each goes on exactly where the one before has ended, whether that was killed or is only stopped.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoInstancesTest {

    private static final int NUMBERS = 3_000;
    private static final String NEVER = Integer.toString(Integer.MAX_VALUE);

    @TempDir
    private Path temporary;

    private final List<Instance> instances = new ArrayList<>();
    private NumberTopic topic;
    private String url;

    private void open(TestDatabase database) throws Exception {
        url = database.newUrl();
        execute(TestDatabase.dataSource(url), "create table " + MovingService.TABLE + " (n bigint)");
        topic = NumberTopic.create(NUMBERS);
    }

    @AfterEach
    void close() {
        instances.forEach(Instance::close);
    }

    @ParameterizedTest
    @CsvSource({"POSTGRESQL, ROWS_WRITTEN, 25", "POSTGRESQL, AFTER_COMMIT, 9", "MARIADB, ROWS_WRITTEN, 25"})
    void oneThatIsStoppedIsOvertakenAndWritesNothingWhenItGoesOn(TestDatabase database, Step step, String occurrence)
            throws Exception {
        open(database);
        Instance first = start("first", step, occurrence);
        first.requireLine("starting");
        first.requireLine("at " + step);
        first.signal("STOP");
        assertThatNobodyStartsInTheDirectoryOfTheFirst();
        assertThat(count()).isBetween(1L, NUMBERS - 1L);
        Instance second = start("second", Step.CONNECT, NEVER);
        second.requireLine("starting");
        second.requireLine("moved");
        first.signal("CONT");
        first.goOn();
        first.requireLine("halted on SinkConflictException");
        assertThatEachNumberIsThereOnce();
    }

    private void assertThatNobodyStartsInTheDirectoryOfTheFirst() throws Exception {
        try (StreamingContext other = new StreamingContext(OffsetsService.config(temporary.resolve("first")))) {
            OffsetsService.define(other, TestDatabase.dataSource(url), NumberTopic.brokers(), topic.name(), NUMBERS);
            assertThatExceptionOfType(DirectoryInUseException.class).isThrownBy(other::start);
        }
    }

    @Test
    void eachNumberIsWrittenOnceHoweverOftenOneIsKilledAndAnotherOneStarted() throws Exception {
        open(TestDatabase.POSTGRESQL);
        for (Step step : List.of(Step.ROWS_WRITTEN, Step.BEFORE_COMMIT, Step.AFTER_COMMIT)) {
            Instance instance = start("of " + step, step, "7");
            instance.requireLine("starting");
            instance.requireLine("at " + step);
            instance.close();
        }
        Instance last = start("last", Step.CONNECT, NEVER);
        last.requireLine("starting");
        last.requireLine("moved");
        assertThatEachNumberIsThereOnce();
    }

    private long count() throws Exception {
        return Long.parseLong(query(TestDatabase.dataSource(url), "select count(*) from " + MovingService.TABLE)
                .get(0));
    }

    private void assertThatEachNumberIsThereOnce() throws Exception {
        assertThat(query(
                        TestDatabase.dataSource(url),
                        "select count(*), count(distinct n), min(n), max(n) from " + MovingService.TABLE))
                .containsExactly(NUMBERS + " " + NUMBERS + " 1 " + NUMBERS);
    }

    private Instance start(String directory, Step step, String occurrence) throws IOException {
        Instance instance = new Instance(temporary.resolve(directory), step, occurrence);
        instances.add(instance);
        return instance;
    }

    /** A process of its own. */
    private final class Instance implements AutoCloseable {

        private final Path log;
        private final Process process;
        private final BufferedReader out;

        Instance(Path directory, Step step, String occurrence) throws IOException {
            log = Files.createDirectories(directory).resolveSibling(directory.getFileName() + ".log");
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx96m",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            OffsetsService.class.getName(),
                            url,
                            NumberTopic.brokers(),
                            topic.name(),
                            directory.toString(),
                            Integer.toString(NUMBERS),
                            step.name(),
                            occurrence)
                    .redirectError(log.toFile())
                    .start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        void requireLine(String expected) throws IOException {
            String line = out.readLine();
            while ("batch".equals(line)) {
                line = out.readLine();
            }
            if (!expected.equals(line)) {
                throw new AssertionError("Not '" + expected + "' but '" + line + "'\n" + Files.readString(log));
            }
        }

        void goOn() throws IOException {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        }

        void signal(String name) throws Exception {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        }

        /** As the system does with {@code kill -9}. */
        @Override
        public void close() {
            process.destroyForcibly().onExit().join();
        }
    }
}
