package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.StreamingConfig;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.SocketOptions;
import io.dstream.storage.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Where records are until their batch has ended. */
class ReceiverStorageTest {

    private final Recorder recorder = new Recorder();
    private TestStreamingContext test = new TestStreamingContext();

    @TempDir
    private Path directory;

    @BeforeEach
    void useDirectory() {
        use(config -> config);
    }

    @AfterEach
    void close() {
        test.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void aBatchHasItsRecordsWhereverTheyAreKept(StorageLevel level) throws Exception {
        TestReceiver<String> receiver = new TestReceiver<>(level);
        TestOutput<String> output = test.output(test.context().receiverStream(receiver));
        start(receiver);
        receiver.put("a");
        receiver.putTogether(List.of("b", "c"));
        receiver.put("d");
        test.runBatch();
        assertThat(output.last()).containsExactly("a", "b", "c", "d");
        assertThat(info().bytesInMemory() + info().bytesOnDisk()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void blocksGoToFilesWhileThereIsNoMemoryForThem() throws Exception {
        use(config -> config.withReceiver(config.receiver().withMaxMemory(10_000)));
        TestReceiver<String> receiver = new TestReceiver<>(StorageLevel.MEMORY_AND_DISK);
        TestOutput<String> output = test.output(test.context().receiverStream(receiver));
        start(receiver);
        List<String> blocks =
                IntStream.range(0, 6).mapToObj(i -> i + "x".repeat(2_000)).toList();
        for (String block : blocks) {
            receiver.putTogether(List.of(block));
        }
        assertThat(files()).hasSize(3); // half of the memory is for blocks: they fill it with the third
        assertThat(info().bytesInMemory()).isBetween(6_000L, 7_000L);
        assertThat(info().bytesOnDisk()).isBetween(6_000L, 7_000L);
        test.runBatch();
        assertThat(output.last()).isEqualTo(blocks);
        receiver.putTogether(List.of("again"));
        assertThat(files()).isEmpty();
    }

    @Test
    void aReceiverWaitsWhenNeitherMemoryNorDiskHaveRoom() throws Exception {
        use(config ->
                config.withReceiver(config.receiver().withMaxMemory(10_000).withMaxDisk(5_000)));
        for (StorageLevel level :
                List.of(StorageLevel.MEMORY_ONLY, StorageLevel.MEMORY_AND_DISK, StorageLevel.DISK_ONLY)) {
            assertWaits(level, level == StorageLevel.MEMORY_AND_DISK ? 6 : 3);
            useDirectory();
            use(config ->
                    config.withReceiver(config.receiver().withMaxMemory(10_000).withMaxDisk(5_000)));
        }
    }

    private void assertWaits(StorageLevel level, int accepted) throws Exception {
        TestReceiver<String> receiver = new TestReceiver<>(level);
        TestOutput<String> output = test.output(test.context().receiverStream(receiver));
        start(receiver);
        for (int i = 0; i < accepted; i++) {
            receiver.putTogether(List.of("x".repeat(2_000)));
        }
        Background next = Background.run(() -> receiver.putTogether(List.of("x".repeat(2_000))));
        next.awaitWaiting();
        test.runBatch();
        assertThat(output.last()).hasSize(accepted);
        next.get();
    }

    @Test
    void aDirectoryThatCannotBeWrittenToFailsTheStart() {
        use(config -> config.withStorage(StorageSettings.defaults().withDirectory(directory.resolve("missing"))));
        test.output(test.context().receiverStream(new TestReceiver<>(StorageLevel.MEMORY_AND_DISK)));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .withMessageStartingWith("Input 'receiver-0' of pipeline 'default' does not start: Rows of"
                        + " 'default-receiver-0' cannot be written to a file in " + directory.resolve("missing"))
                .withMessageEndingWith("set streaming.storage.directory to another directory");
    }

    @Test
    void aStartThatHasFailedCanBeTriedAgain() throws Exception {
        Path missing = directory.resolve("missing");
        use(config -> config.withStorage(StorageSettings.defaults().withDirectory(missing)));
        TestReceiver<String> receiver = new TestReceiver<>(StorageLevel.DISK_ONLY);
        TestOutput<String> output = test.output(test.context().receiverStream(receiver));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start());
        Files.createDirectory(missing);
        start(receiver);
        receiver.put("a");
        test.runBatch();
        assertThat(output.last()).containsExactly("a");
    }

    @Test
    void aRecordThatCannotBeEncodedIsRefusedWithTheRemedyAndTheReceiverGoesOn() throws Exception {
        TestReceiver<Object> receiver = new TestReceiver<>(StorageLevel.MEMORY_AND_DISK);
        TestOutput<Object> output = test.output(test.context().receiverStream(receiver));
        start(receiver);
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> receiver.put(new NotAllowed(1)))
                .withMessageContaining("Class " + NotAllowed.class.getName() + " must not be in files")
                .withMessageContaining("StreamingConfig.withAllowedPackages");
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                        .lastError())
                .startsWith("What the receiver stores is refused: ")
                .contains("StreamingConfig.withAllowedPackages");
        assertThat(info())
                .extracting(ReceiverInfo::state, ReceiverInfo::restarts)
                .containsExactly(State.STARTED, 0L);
        receiver.put("allowed");
        test.runBatch();
        assertThat(output.last()).containsExactly("allowed");
    }

    @Test
    void aFullDiskIsToldAndLosesNothingThatWasAccepted() throws Exception {
        TestReceiver<String> receiver = new TestReceiver<>(StorageLevel.DISK_ONLY);
        TestOutput<String> output = test.output(test.context().receiverStream(receiver));
        start(receiver);
        receiver.put("before");
        test.runBatch();
        removeDirectories();
        receiver.put("accepted");
        test.runBatch();
        assertThat(output.last()).isEmpty();
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                        .lastError())
                .startsWith("Records cannot be kept where they are to be: Rows of 'default-receiver-0' cannot be"
                        + " written to a file in " + directory)
                .contains("make room there");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> receiver.putTogether(List.of("refused")))
                .withMessageContaining("make room there");
        test.context().stop();
        Files.createDirectory(directory); // for whoever deletes it
        assertThat(output.batches()).containsExactly(List.of("before"), List.of(), List.of("accepted"));
    }

    @Test
    void aStopWithoutGraceLeavesNoFile() throws Exception {
        TestReceiver<String> receiver = new TestReceiver<>(StorageLevel.DISK_ONLY);
        test.output(test.context().receiverStream(receiver));
        start(receiver);
        receiver.putTogether(List.of("lost"));
        assertThat(files()).hasSize(1);
        test.context().stop(false, Duration.ZERO);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aSocketStreamHasALevelToo() throws Exception {
        try (TextServer server = new TextServer()) {
            TestOutput<String> output = test.output(test.context()
                    .socketTextStream(
                            "localhost",
                            server.port(),
                            SocketOptions.defaults().withStorageLevel(StorageLevel.DISK_ONLY)));
            test.context().start();
            try (TextServer.Client client = server.accept()) {
                client.send("a line\n");
            }
            recorder.await(ReceiverInfo.class, info -> info.state() == State.RESTARTING);
            test.clock().advance(Duration.ofMillis(200));
            while (files().isEmpty()) {
                Thread.onSpinWait();
            }
            test.runBatch();
            assertThat(output.last()).containsExactly("a line");
        }
    }

    private void use(UnaryOperator<StreamingConfig> change) {
        test.close();
        test = new TestStreamingContext(config -> change.apply(config.withObserver(recorder)
                .withStorage(StorageSettings.defaults().withDirectory(directory))));
    }

    private void start(TestReceiver<?> receiver) throws InterruptedException {
        test.context().start();
        receiver.awaitStarted();
    }

    private ReceiverInfo info() {
        return test.context().info().receivers().get(0);
    }

    /** All directories, so that no file can be made. */
    private void removeDirectories() throws IOException {
        try (var made = Files.list(directory)) {
            for (Path path : made.toList()) {
                Files.delete(path);
            }
        }
        Files.delete(directory);
    }

    private List<Path> files() throws IOException {
        try (var paths = Files.walk(directory)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }

    private record NotAllowed(int number) {}
}
