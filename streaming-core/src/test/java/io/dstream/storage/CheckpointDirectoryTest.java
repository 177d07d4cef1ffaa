package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // a snapshot that is never made would be waited for
class CheckpointDirectoryTest {

    @TempDir
    private Path parent;

    private final Codec<Object> codec = Codec.allowing(List.of());

    @Test
    void whatARunHasLoggedIsThereForTheNext() throws Exception {
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders");
                BatchLog log = directory.batchLog(codec, 100, percent -> {})) {
            log.begin(run());
            commit(1, Map.of("a", 1L), log);
        }
        List<Integer> percents = new ArrayList<>();
        Map<Object, Object> states = new HashMap<>();
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders");
                BatchLog log = directory.batchLog(codec, 100, percents::add)) {
            assertThat(log.checkpoint().commits()).isEqualTo(1);
            assertThat(percents).isSorted().last().isEqualTo(50);
            log.checkpoint().forEachState("counts", (key, state, time) -> states.putIfAbsent(key, state) == null);
        }
        assertThat(states).isEqualTo(Map.of("a", 1L));
        assertThat(percents).isSorted().doesNotHaveDuplicates();
        assertThat(percents.get(percents.size() - 1)).isBetween(51, 100);
        assertThat(files())
                .containsExactlyInAnyOrder(
                        "lock", "lock-process", "log-0000000000000001.newest", "log-0000000000000001.seg");
    }

    @Test
    void snapshotsAreMadeByAThreadOfTheirOwnThatEnds() throws Exception {
        Map<Object, Object> expected = new HashMap<>();
        Map<Object, Object> states = new HashMap<>();
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders")) {
            for (int run = 1; run <= 18; run++) {
                try (BatchLog log = directory.batchLog(codec, 100, percent -> {})) {
                    log.begin(run());
                    Map<Object, Object> changed = new HashMap<>();
                    LongStream.range(run * 10L, run * 10L + 20).forEach(key -> changed.put(key, "state " + key));
                    expected.putAll(changed);
                    commit(run, changed, log);
                    while (run == 18 && files().stream().noneMatch(name -> name.endsWith(".snap"))) {
                        Thread.onSpinWait();
                    }
                }
            }
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().equals("dstream-orders-snapshots")) {
                    thread.join();
                }
            }
            assertThat(files()).hasSizeLessThan(8);
            try (BatchLog log = directory.batchLog(codec, 100, percent -> {})) {
                assertThat(log.checkpoint().commits()).isEqualTo(18);
                log.checkpoint().forEachState("counts", (key, state, time) -> states.putIfAbsent(key, state) == null);
            }
        }
        assertThat(states).isEqualTo(expected);
    }

    @Test
    void aDirectoryInUseIsRefused() throws IOException {
        try (CheckpointDirectory orders = CheckpointDirectory.open(parent, "orders");
                CheckpointDirectory payments = CheckpointDirectory.open(parent, "payments")) {
            assertThat(orders).isNotSameAs(payments);
            assertThatExceptionOfType(DirectoryInUseException.class)
                    .isThrownBy(() -> CheckpointDirectory.open(parent, "orders"))
                    .withMessageContaining(parent.resolve("orders").toString());
        }
        CheckpointDirectory.open(parent, "orders").close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../orders", "a/b", "a b", "-a"})
    void whatIsNoNameIsNoDirectory(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CheckpointDirectory.open(parent, name))
                .withMessageContaining("'pipeline'")
                .withMessageContaining("'" + name + "'");
        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void badSettingsAreRefused() throws IOException {
        try (CheckpointDirectory directory = CheckpointDirectory.open(parent, "orders")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> directory.batchLog(codec, -1, percent -> {}))
                    .withMessageContaining("'retain'");
        }
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(parent.resolve("orders"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static LoggedRun run() {
        return new LoggedRun(
                Instant.EPOCH,
                Duration.ofSeconds(1),
                Instant.EPOCH,
                List.of(new Part(Role.STATE, "counts", "updateStateByKey", true)));
    }

    private static void commit(long t, Map<?, ?> changed, BatchLog log) throws IOException {
        BatchCommit commit = log.commit(Instant.ofEpochSecond(t));
        commit.states(
                "counts",
                new ArrayList<>(changed.keySet()),
                new ArrayList<>(changed.values()),
                new long[changed.size()]);
        log.committed(commit);
    }

    @Test
    void positionsOfAnInputAreKeptAsLongAsFilesHaveBlocksOfIt() throws IOException {
        Part input = new Part(Role.INPUT, "receiver-0", "receiver", false);
        try (BatchLog log = withBlocks()) {
            log.begin(new LoggedRun(Instant.EPOCH, Duration.ofSeconds(1), Instant.EPOCH, List.of(input)));
            log.blocks("receiver-0").write(0, List.of(List.of("a")));
        }
        for (int i = 0; i < 2; i++) {
            try (BatchLog log = withBlocks()) {
                assertThat(log.checkpoint().lastRun().parts()).containsExactly(input);
                log.begin(new LoggedRun(Instant.EPOCH, Duration.ofSeconds(1), Instant.EPOCH, List.of()));
            }
        }
    }

    private BatchLog withBlocks() throws IOException {
        return BatchLogs.inDirectory(parent, "orders", codec, 0, true).open(percents -> {});
    }
}
