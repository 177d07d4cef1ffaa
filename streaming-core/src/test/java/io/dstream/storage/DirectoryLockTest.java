package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @TempDir
    private Path directory;

    @Test
    void aDirectoryHasOneUserInAProcess() throws IOException {
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            assertThat(held).isNotNull();
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> DirectoryLock.take(directory))
                    .withMessageContaining(directory.toString())
                    .withMessageContaining("by this process")
                    .satisfies(refusal -> {
                        assertThat(refusal.directory()).isEqualTo(directory);
                        assertThat(refusal.process())
                                .hasValue(ProcessHandle.current().pid());
                    });
        }
        DirectoryLock.take(directory).close();
    }

    @Test
    void aDirectoryHasOneUserAmongProcesses() throws IOException, InterruptedException {
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            assertThat(held).isNotNull();
            assertThat(takenByAnother())
                    .contains("in use by process " + ProcessHandle.current().pid());
        }
        assertThat(takenByAnother()).isEqualTo("taken");
    }

    /** On Linux, closing a file takes away the locks that the process has on it. */
    @Test
    void whoIsRefusedDoesNotTakeTheLockAway() throws IOException, InterruptedException {
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            assertThat(held).isNotNull();
            assertThatExceptionOfType(DirectoryInUseException.class).isThrownBy(() -> DirectoryLock.take(directory));
            Files.readString(directory.resolve(DirectoryLock.FIRST));
            assertThat(takenByAnother()).contains("in use");
        }
    }

    @Test
    void whatIsNoProcessIdIsNotTold() throws IOException {
        try (DirectoryLock held = DirectoryLock.take(directory)) {
            assertThat(held).isNotNull();
            Files.writeString(directory.resolve(DirectoryLock.FIRST), "no number");
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> DirectoryLock.take(directory))
                    .withMessageContaining("by another process")
                    .satisfies(refusal -> assertThat(refusal.process()).isEmpty());
        }
    }

    private String takenByAnother() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Another.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    /** Another process. */
    static final class Another {

        private Another() {}

        public static void main(String[] args) throws IOException {
            try (DirectoryLock held = DirectoryLock.take(Path.of(args[0]))) {
                System.out.print(held == null ? "nothing" : "taken");
            } catch (DirectoryInUseException refusal) {
                System.out.print(refusal.getMessage());
            }
        }
    }
}
