package io.dstream.test;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A file system of 256 KB in memory. Where a test may not mount one, it is skipped. */
final class SmallDisk implements AutoCloseable {

    private final Path path;

    private SmallDisk(Path path) {
        this.path = path;
    }

    /** Mounts one at an empty directory. */
    static SmallDisk mount(Path path) throws IOException {
        Files.createDirectories(path);
        assumeThat(succeeds("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path.toString()))
                .as("this user may mount a small file system; without it, full disks are simulated only")
                .isTrue();
        return new SmallDisk(path);
    }

    Path path() {
        return path;
    }

    /** Takes a part of the room. */
    void take(int bytes) throws IOException {
        Files.write(path.resolve("ballast"), new byte[bytes]);
    }

    /** Leaves no room. */
    void fill() throws IOException {
        try (var out = Files.newOutputStream(path.resolve("ballast"))) {
            while (Files.getFileStore(path).getUsableSpace() > 0) {
                out.write(new byte[1024]);
            }
        }
    }

    /** Makes room. */
    void empty() throws IOException {
        Files.delete(path.resolve("ballast"));
    }

    /** Whether files may be written; none may be open for that. */
    void setWritable(boolean writable) throws IOException {
        if (!succeeds("mount", "-o", writable ? "remount,rw" : "remount,ro", path.toString())) {
            throw new IOException(path + " cannot be mounted again");
        }
    }

    @Override
    public void close() throws IOException {
        if (!succeeds("umount", path.toString())) {
            throw new IOException(path + " cannot be unmounted");
        }
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
