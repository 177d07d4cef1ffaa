package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process that a test starts, to kill it. Its standard output tells the test how far it has come. */
final class ChildProcess implements AutoCloseable {

    private final String run;
    private final Process process;
    private final BufferedReader out;
    private final Path log;

    private ChildProcess(String run, Process process, Path log) {
        this.run = run;
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.log = log;
    }

    /**
     * Starts a class of the tests.
     *
     * @param run tells which one it is, when it fails
     * @param classPath what comes before the class path of the tests; may be empty
     * @param log the file to which its standard error is appended
     */
    static ChildProcess start(String run, Class<?> main, String classPath, Path log, String... arguments)
            throws IOException {
        String separator = classPath.isEmpty() ? "" : System.getProperty("path.separator");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath + separator + System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ChildProcess(run, process, log);
    }

    /** Waits for a line of its output; fails with its log if another one comes, or the end. */
    void requireLine(String expected) throws IOException {
        String line = out.readLine();
        if (!expected.equals(line)) {
            throw new AssertionError(
                    "Not '" + expected + "' but '" + line + "', " + run + "\n" + Files.readString(log));
        }
    }

    /**
     * Kills it, as the system does with {@code kill -9}, and makes sure that it has put out nothing since the last line.
     *
     * @param millis how long it has until then
     */
    void kill(long millis) throws Exception {
        process.waitFor(millis, TimeUnit.MILLISECONDS);
        process.toHandle().destroyForcibly(); // unlike that of the process itself it leaves the output to be read
        process.waitFor();
        assertThat(out.lines()).as("output before the end, %s", run).isEmpty();
        assertThat(process.exitValue()).as("exit status, %s", run).isEqualTo(128 + 9);
    }

    /** Kills it after some time, so that nobody waits for its output for ever. */
    void endLater(long time, TimeUnit unit) {
        CompletableFuture.delayedExecutor(time, unit).execute(process.toHandle()::destroyForcibly);
    }

    /** Ends its standard input, and makes sure that it ends as it should. */
    void endInput() throws Exception {
        process.getOutputStream().close();
        assertThat(out.lines()).as("output at the end, %s", run).isEmpty();
        assertThat(process.waitFor()).as("exit status, %s", run).isZero();
    }

    /** Kills it if it is not over. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
