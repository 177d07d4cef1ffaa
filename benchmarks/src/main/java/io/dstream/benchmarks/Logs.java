package io.dstream.benchmarks;

import io.dstream.engine.StateStore;
import io.dstream.local.LocalEngine;
import io.dstream.storage.BatchCommit;
import io.dstream.storage.BatchLog;
import io.dstream.storage.BlockLog;
import io.dstream.storage.BlockStore;
import io.dstream.storage.CheckpointDirectory;
import io.dstream.storage.Codec;
import io.dstream.storage.LoggedRun;
import io.dstream.storage.LoggedRun.Part;
import io.dstream.storage.LoggedRun.Role;
import io.dstream.storage.WriteAheadLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What logs cost beside plain files, in a directory that is deleted at the end of the process. */
final class Logs {

    private static final int KEYS_PER_COMMIT = 10_000;
    private static final int COMMITS = 50; // before a restart
    private static final int CHUNK = 1_000; // keys that plain Java encodes at once
    private static final int PARTITIONS = 2;
    private static final String NODE = "counts";

    private final Path directory;
    private final Codec<Object> codec = Codec.allowing(List.of());

    private Logs() throws IOException {
        directory = temporaryDirectory();
    }

    /** A directory that is deleted at the end of the process. */
    static Path temporaryDirectory() throws IOException {
        Path made = Files.createTempDirectory("dstream-logs");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
        return made;
    }

    /** A unit is a block of some bytes that one writer writes to the write-ahead log. */
    static Workload blocks(int bytes) throws IOException {
        Logs logs = new Logs();
        WriteAheadLog file =
                CheckpointDirectory.open(logs.directory, "benchmark").writeAheadLog();
        BlockLog log = new BlockLog(file, "input", logs.codec, true);
        List<List<byte[]>> block = List.of(List.of(random(bytes)));
        long[] number = {0};
        return units -> {
            for (int i = 0; i < units; i++) {
                log.write(number[0], block);
                number[0]++;
            }
            log.release(number[0] - 1);
        };
    }

    /** A unit is as many bytes that are written to a file and forced. */
    static Workload plainBlocks(int bytes) throws IOException {
        FileChannel file = open(new Logs().directory);
        ByteBuffer block = ByteBuffer.wrap(random(bytes));
        return units -> {
            for (int i = 0; i < units; i++) {
                write(block.rewind(), file);
            }
        };
    }

    /** A unit is a commit of a batch that has changed the states of many keys. */
    static Workload commits() throws IOException {
        Logs logs = new Logs();
        BatchLog log = logs.begun(CheckpointDirectory.open(logs.directory, "benchmark"));
        List<Long> keys = keys(1_000_000, new Random(1));
        long[] batch = {0};
        return units -> {
            for (int i = 0; i < units; i++) {
                commit(++batch[0], keys, log);
            }
        };
    }

    /** A unit is what a commit has to do at least: the keys and states are encoded, written to a file and forced. */
    static Workload plainCommits() throws IOException {
        Logs logs = new Logs();
        FileChannel file = open(logs.directory);
        List<Long> keys = keys(1_000_000, new Random(1));
        return units -> {
            for (int i = 0; i < units; i++) {
                List<byte[]> encoded = new ArrayList<>();
                for (int from = 0; from < keys.size(); from += CHUNK) {
                    ArrayList<Long> chunk = new ArrayList<>(keys.subList(from, from + CHUNK));
                    encoded.add(logs.codec.encode(chunk));
                    encoded.add(logs.codec.encode(chunk));
                }
                ByteBuffer all = ByteBuffer.allocate(
                        encoded.stream().mapToInt(bytes -> bytes.length).sum());
                encoded.forEach(all::put);
                write(all.flip(), file);
            }
        };
    }

    /** A unit is a restart: the log is read, and the engine gets its states back. */
    static Workload recovery(int keys) throws IOException {
        Logs logs = new Logs();
        logs.fill(keys);
        LocalEngine engine = new LocalEngine(
                PARTITIONS,
                new BlockStore("benchmark", logs.directory, new BlockStore.Bounds(0, 0, 0), logs.codec),
                logs.codec);
        return units -> {
            for (int i = 0; i < units; i++) {
                StateStore states = engine.openState();
                try (CheckpointDirectory opened = CheckpointDirectory.open(logs.directory, "benchmark");
                        BatchLog log = opened.batchLog(logs.codec, 100, percent -> {})) {
                    long restored = log.checkpoint().forEachState(NODE, states.restore(NODE, PARTITIONS));
                    Workload.check("states", restored, keys);
                }
            }
        };
    }

    /** A unit is as many bytes read from the same files, and a map filled with as many keys. */
    static Workload plainRecovery(int keys) throws IOException {
        Logs logs = new Logs();
        logs.fill(keys);
        return units -> {
            for (int i = 0; i < units; i++) {
                long read = logs.readAll();
                Map<Long, Long> states = new HashMap<>();
                for (long key = 0; key < keys; key++) {
                    states.put(key, key);
                }
                Workload.check("bytes", Math.min(read, keys), keys);
                Workload.check("states", states.size(), keys);
            }
        };
    }

    private void fill(int keys) throws IOException {
        Random random = new Random(1);
        try (CheckpointDirectory opened = CheckpointDirectory.open(directory, "benchmark");
                BatchLog log = begun(opened)) {
            commit(1, LongStream.range(0, keys).boxed().toList(), log);
            for (int i = 0; i < COMMITS; i++) {
                commit(2 + i, keys(keys, random), log);
            }
        }
    }

    private BatchLog begun(CheckpointDirectory opened) throws IOException {
        BatchLog log = opened.batchLog(codec, 100, percent -> {});
        log.begin(new LoggedRun(
                Instant.EPOCH,
                Duration.ofSeconds(1),
                Instant.EPOCH,
                List.of(new Part(Role.STATE, NODE, "mapWithState", true))));
        return log;
    }

    private static void commit(long batch, List<Long> keys, BatchLog log) throws IOException {
        BatchCommit commit = log.commit(Instant.ofEpochSecond(batch));
        commit.states(NODE, keys, keys, new long[keys.size()]);
        log.committed(commit);
    }

    private static List<Long> keys(int keys, Random random) {
        return random.longs(0, keys).distinct().limit(KEYS_PER_COMMIT).boxed().toList();
    }

    private long readAll() throws IOException {
        long read = 0;
        byte[] buffer = new byte[128 * 1024];
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                try (var in = Files.newInputStream(file)) {
                    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                        read += count;
                    }
                }
            }
        }
        return read;
    }

    private static FileChannel open(Path directory) throws IOException {
        return FileChannel.open(directory.resolve("plain"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    private static void write(ByteBuffer bytes, FileChannel file) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        file.force(false);
    }

    private static byte[] random(int bytes) {
        byte[] random = new byte[bytes];
        new Random(1).nextBytes(random);
        return random;
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
