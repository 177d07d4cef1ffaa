package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dstream.function.StreamingException;
import io.dstream.input.FileStreamOptions;
import io.dstream.time.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that come, go, change, move away and come back while the stream runs, is down, and ends at any moment: every batch has
 * exactly the files that a model of it has.
 */
class FileSchedulesTest {

    private static final int SCHEDULES = 200;
    private static final int BATCHES = 10;

    @TempDir
    private Path temporary;

    @Test
    void everyVersionOfAFileIsInExactlyOneBatchWhateverHappens() throws Exception {
        for (int seed = 0; seed < SCHEDULES; seed++) {
            try {
                new Schedule(seed, temporary.resolve("seed-" + seed)).run();
            } catch (Throwable failure) {
                throw new AssertionError("Schedule " + seed, failure);
            }
        }
    }

    /** One schedule, and the model of what is to become of it. */
    private static final class Schedule {

        private final Random random;
        private final FileStreamOptions options;
        private final FileLog log;
        private final TextDirectory in;
        private final TextDirectory away;

        // what is there
        private final Map<String, Version> present = new TreeMap<>();
        private final Map<String, Version> absent = new TreeMap<>(); // moved away
        private int written;

        // the model
        private final Map<String, Version> known = new HashMap<>();
        private final Map<String, Version> knownIfWritten =
                new HashMap<>(); // with the batch that is not written down yet
        private final Map<String, Instant> goneSince = new HashMap<>();
        private final Map<Version, Instant> watchedSince = new HashMap<>();
        private final Map<Instant, List<Version>> batches = new HashMap<>();
        private final Set<Version> expected = new HashSet<>(); // came after the first start
        private final List<Version> committed = new ArrayList<>();
        private boolean mayComeTwice; // because a version was forgotten, or its batch was given up

        Schedule(int seed, Path directory) throws IOException {
            this.random = new Random(seed);
            this.in = new TextDirectory(Files.createDirectories(directory.resolve("in")));
            this.away = new TextDirectory(Files.createDirectories(directory.resolve("away")));
            this.options = FileStreamOptions.defaults()
                    .withMaxFilesPerBatch(1 + random.nextInt(5))
                    .withSettleDelay(Duration.ofSeconds(random.nextInt(3)))
                    .withRemember(random.nextBoolean() ? Duration.ofHours(1) : Duration.ofSeconds(random.nextInt(4)))
                    .withNewFilesOnly(random.nextBoolean());
            this.log = new FileLog(in.toString(), options, new ManualClock(Instant.EPOCH));
        }

        void run() throws Exception {
            changeFiles(5);
            if (options.newFilesOnly()) {
                known.putAll(present);
                expected.clear();
            }
            log.start();
            runBatch(false); // a first start that is not written down would be another one
            for (int i = 0; i < BATCHES; i++) {
                changeFiles(random.nextInt(4));
                runBatch(true);
            }
            drain();
            assertOnce();
        }

        private void runBatch(boolean mayEnd) throws Exception {
            Instant batch = log.allocate();
            List<Version> files = choose();
            if (mayEnd && random.nextInt(6) == 0) {
                changeFiles(random.nextInt(2));
                restart(); // nothing was written down
                return;
            }
            known.clear();
            known.putAll(knownIfWritten);
            batches.put(batch, files);
            log.write(batch);
            if (mayEnd && random.nextInt(4) == 0) {
                return; // the next one is allocated before this one is read
            }
            for (Instant open : new ArrayList<>(log.uncommitted())) {
                finish(open, mayEnd);
            }
        }

        private void finish(Instant batch, boolean mayEnd) throws Exception {
            if (mayEnd && random.nextInt(5) == 0) {
                changeFiles(random.nextInt(2));
            }
            List<Version> files = batches.get(batch);
            if (files.stream().allMatch(file -> file.equals(present.get(file.name)))) {
                assertThat(log.read(batch))
                        .isEqualTo(files.stream().map(file -> file.text).toList());
            } else {
                assertThatThrownBy(() -> log.read(batch))
                        .isInstanceOf(StreamingException.class)
                        .hasMessageContaining("Cannot read the file '" + in);
                files = List.of(); // the batch is skipped
                mayComeTwice = true;
            }
            if (mayEnd && random.nextInt(6) == 0) {
                restart(); // before the commit, so the batch is read again
                finish(batch, false);
                return;
            }
            log.commit(batch);
            committed.addAll(files);
            if (mayEnd && random.nextInt(6) == 0) {
                restart();
            }
        }

        private void restart() throws IOException {
            goneSince.clear();
            watchedSince.clear();
            log.start();
        }

        /** What the batch that is allocated now has to have. */
        private List<Version> choose() {
            knownIfWritten.clear();
            knownIfWritten.putAll(known);
            forget();
            watchedSince.keySet().retainAll(present.values());
            List<Version> settled = new ArrayList<>();
            for (Version file : present.values()) {
                if (!file.equals(known.get(file.name))) {
                    watchedSince.putIfAbsent(file, log.now());
                    if (isPast(file.modified) || isPast(watchedSince.get(file))) {
                        settled.add(file);
                    }
                }
            }
            settled.sort(Comparator.comparing((Version file) -> file.modified).thenComparing(file -> file.name));
            List<Version> chosen =
                    List.copyOf(settled.subList(0, Math.min(settled.size(), options.maxFilesPerBatch())));
            chosen.forEach(file -> knownIfWritten.put(file.name, file));
            chosen.forEach(watchedSince::remove);
            return chosen;
        }

        private boolean isPast(Instant since) {
            return !log.now().isBefore(since.plus(options.settleDelay()));
        }

        private void forget() {
            goneSince.keySet().removeAll(present.keySet());
            for (String name : known.keySet()) {
                if (!present.containsKey(name)) {
                    goneSince.putIfAbsent(name, log.now());
                    if (!log.now().isBefore(goneSince.get(name).plus(options.remember()))) {
                        knownIfWritten.remove(name);
                        mayComeTwice = true;
                    }
                }
            }
        }

        private void changeFiles(int changes) throws IOException {
            for (int i = 0; i < changes; i++) {
                String name = "file-" + random.nextInt(8);
                switch (random.nextInt(6)) {
                    case 0 -> delete(name);
                    case 1 -> moveAway(name);
                    case 2 -> comeBack(name);
                    default -> write(name);
                }
            }
        }

        private void write(String name) {
            written++;
            Instant modified = random.nextBoolean()
                    ? log.now().plusMillis(written)
                    : TextDirectory.LONG_AGO
                            .minusSeconds(random.nextInt(1_000) * 1_000L)
                            .plusSeconds(written);
            Version version = new Version(name, "text " + written, modified);
            in.put(name, version.text, modified);
            present.put(name, version);
            expected.add(version);
        }

        private void delete(String name) throws IOException {
            Version gone = present.remove(name);
            if (gone != null) {
                Files.delete(in.path(name));
                expected.remove(gone);
            }
        }

        private void moveAway(String name) throws IOException {
            Version gone = present.remove(name);
            if (gone != null) {
                Files.move(in.path(name), away.path(gone.text));
                absent.put(name, gone);
            }
        }

        private void comeBack(String name) throws IOException {
            @Nullable Version back = absent.get(name);
            if (back != null && !present.containsKey(name)) {
                absent.remove(name);
                Files.move(away.path(back.text), in.path(name));
                present.put(name, back);
            }
        }

        /** Until nothing waits. */
        private void drain() throws Exception {
            for (int i = 0; i < 20 && !known.values().containsAll(present.values()); i++) {
                runBatch(false);
            }
            runBatch(false); // with the batches that are not committed yet
            assertThat(known.values()).containsAll(present.values());
        }

        /** Beside the model: what is there at the end was in one batch. */
        private void assertOnce() {
            if (!mayComeTwice) {
                assertThat(committed).doesNotHaveDuplicates();
                assertThat(committed)
                        .containsAll(present.values().stream()
                                .filter(expected::contains)
                                .toList());
            }
        }
    }

    private record Version(String name, String text, Instant modified) {}
}
