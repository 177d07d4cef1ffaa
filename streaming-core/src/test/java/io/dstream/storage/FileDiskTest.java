package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {

    @TempDir
    private Path parent;

    private Path directory;
    private FileDisk disk;

    @BeforeEach
    void make() throws IOException {
        directory = parent.resolve("made/when missing");
        disk = FileDisk.of(directory);
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        write("file", "first ", "second");
        try (Disk.Input in = disk.open("file")) {
            assertThat(in.size()).isEqualTo(12);
            byte[] bytes = new byte[10];
            in.read(6, bytes, 2, 6);
            assertThat(new String(bytes, 2, 6, StandardCharsets.UTF_8)).isEqualTo("second");
            assertThatExceptionOfType(EOFException.class).isThrownBy(() -> in.read(7, bytes, 0, 6));
        }
    }

    @Test
    void filesAreListedRenamedAndDeleted() throws IOException {
        write("a", "of a");
        write("b", "of b");
        Files.createDirectory(directory.resolve("no file"));
        disk.rename("a", "b");
        assertThat(disk.list()).containsExactly("b");
        assertThat(directory.resolve("b")).hasContent("of a");
        disk.delete("b");
        disk.delete("never there");
        assertThat(disk.list()).isEmpty();
    }

    @Test
    void aFileIsNeverWrittenTwice() throws IOException {
        write("file", "first");
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> disk.create("file"));
        assertThat(directory.resolve("file")).hasContent("first");
    }

    @Test
    void aFileThatIsMissingIsNotMade() {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> disk.open("missing"))
                .withMessageContaining("missing");
        assertThat(directory.resolve("missing")).doesNotExist();
    }

    @Test
    void everythingIsForItsOwnerAlone() throws IOException {
        assumeThat(directory.getFileSystem().supportedFileAttributeViews()).contains("posix");
        write("file", "secret");
        assertThat(permissions(directory)).isEqualTo("rwx------");
        assertThat(permissions(directory.getParent())).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("file"))).isEqualTo("rw-------");
    }

    @Test
    void whereAFileIsInTheWayNoDirectoryIsMade() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));
        assertThatExceptionOfType(FileSystemException.class).isThrownBy(() -> FileDisk.of(file));
        assertThatIOException().isThrownBy(() -> FileDisk.of(file.resolve("below")));
    }

    @Test
    void anInterruptDoesNotReachTheFiles() throws IOException {
        Thread.currentThread().interrupt();
        write("file", "content");
        try (Disk.Input in = disk.open("file")) {
            in.read(0, new byte[7], 0, 7);
        }
        disk.forceNames();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
    }

    /** Whether the machine brings bytes to the disk cannot be seen from here; that it is told to, can. */
    @Test
    void aForceTellsTheSystem() throws IOException {
        Disk.Output out = disk.create("file");
        out.close();
        assertThatIOException().isThrownBy(out::force);
        disk.delete("file");
        Files.delete(directory);
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(disk::forceNames);
    }

    /** In a file system that can make directories and cannot force them, a directory that was made is not taken for safe. */
    @Test
    void aDirectoryThatIsMadeIsForcedIntoTheOneAroundIt() throws IOException {
        Path zip = parent.resolve("directories.zip");
        try (FileSystem unforced = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Path made = unforced.getPath("/made");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> FileDisk.of(made));
            assertThat(made).isDirectory();
            FileDisk.of(made); // nothing is made
        }
    }

    private void write(String name, String... parts) throws IOException {
        try (Disk.Output out = disk.create(name)) {
            for (String part : parts) {
                byte[] bytes = (">" + part + "<").getBytes(StandardCharsets.UTF_8);
                out.write(bytes, 1, bytes.length - 2);
            }
            out.force();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
