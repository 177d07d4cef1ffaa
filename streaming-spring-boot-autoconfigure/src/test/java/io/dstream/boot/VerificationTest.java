package io.dstream.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo.Status;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** What {@code --streaming.checkpoint.verify} tells of a new version, as somebody at a command line sees it. */
class VerificationTest {

    private static final String NO_SERVER = "--spring.main.web-application-type=none";
    private static final String SERVER = "--server.port=0"; // it keeps a process running

    @TempDir
    private static Path checkpoints;

    @BeforeAll
    static void runVersion1() {
        String[] arguments = arguments(1, NO_SERVER, checkpoints).toArray(String[]::new);
        try (ConfigurableApplicationContext service = SpringApplication.run(UpgradedApplication.class, arguments)) {
            StreamingContext words = service.getBean("words", StreamingContext.class);
            await().until(() -> words.batches().stream().anyMatch(batch -> batch.status() == Status.COMMITTED));
        }
    }

    @Test
    void aVersionThatFitsIsNotStartedAndEndsWell() throws Exception {
        Map<String, Long> before = files();
        Result result = verify(1, SERVER);
        assertThat(result.output())
                .contains("Pipeline 'words' is not started", checkpoints.toString())
                .contains("updateStateByKey 'updateStateByKey-0' goes on: states as of ")
                .contains("of java.lang.Long by java.lang.String")
                .doesNotContain("Time: ");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(files()).as("files, by length").isEqualTo(before);
    }

    @Test
    void aVersionThatIsRefusedEndsWithTheReasonAndAnExitCode() throws Exception {
        Map<String, Long> before = files();
        Result result = verify(2, NO_SERVER);
        assertThat(result.output())
                .contains("APPLICATION FAILED TO START")
                .contains("Pipeline 'words': updateStateByKey 'updateStateByKey-0' is refused")
                .contains("updateStateByKey-1")
                .contains("Name every updateStateByKey by named(...)")
                .contains("Nothing was written; the old code can go on.")
                .doesNotContain("\tat ");
        assertThat(result.exitCode()).as(result.output()).isOne();
        assertThat(files()).as("files, by length").isEqualTo(before);
    }

    @Test
    void aDirectoryWithoutACheckpointIsToldAndLeftAsItIs(@TempDir Path empty) throws Exception {
        Path mistyped = empty.resolve("mistyped");
        Result result = verify(1, NO_SERVER, mistyped);
        assertThat(result.output())
                .contains("Pipeline 'words' has no checkpoint yet: it would begin anew")
                .contains("updateStateByKey 'updateStateByKey-0' begins empty");
        assertThat(result.exitCode()).as(result.output()).isZero();
        assertThat(mistyped).doesNotExist();
    }

    private static Result verify(int version, String server) throws Exception {
        return verify(version, server, checkpoints);
    }

    private static Result verify(int version, String server, Path directory) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                UpgradedApplication.class.getName()));
        command.addAll(arguments(version, server, directory));
        command.add("--streaming.checkpoint.verify");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(output, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> arguments(int version, String server, Path directory) {
        return List.of(
                "--version=" + version,
                server,
                "--streaming.batch-interval=20ms",
                "--streaming.checkpoint.directory=" + directory);
    }

    private static Map<String, Long> files() throws IOException {
        Map<String, Long> files = new TreeMap<>();
        try (Stream<Path> paths = Files.list(checkpoints.resolve("words"))) {
            for (Path file : paths.filter(path -> !path.getFileName().toString().startsWith("lock"))
                    .toList()) {
                files.put(file.getFileName().toString(), Files.size(file));
            }
        }
        return files;
    }

    private record Result(String output, int exitCode) {}
}
