package io.dstream.input;

import io.dstream.function.StreamingException;
import io.dstream.storage.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which files a stream has taken, which it leaves alone because they were there before it, and which wait to be taken. So every
 * version of a file is taken once, whatever its modification time is.
 *
 * <p>What is known of a file that was taken or is left alone is a position of the input, so it survives a restart. Files that
 * are gone are forgotten after a while, so the ledger is as large as the directories.
 *
 * <p>Used by one thread at a time.
 */
final class FileLedger {

    private static final Logger log = LoggerFactory.getLogger(FileLedger.class);

    /**
     * So many files that are known already are looked at in each listing, in turn, to see whether they have changed; with the
     * names of 100,000 files it takes about a tenth of a second, and would take most of a second to look at all of them.
     */
    private static final int LOOKED_AT = 5_000;

    private static final String SINCE = "since"; // no absolute path
    private static final String LEFT_ALONE = " before";
    private static final String FORGOTTEN = "";

    private final FileStreamOptions options;

    // Mutable state
    private final Map<String, Known> known = new HashMap<>(); // taken or left alone, by path
    private final Map<String, Waiting> waiting = new HashMap<>(); // by path; of a known file, another version
    private final Map<String, String> changes = new HashMap<>(); // of positions, not told yet
    private boolean begun; // there was a first start
    private int listing; // the number of the current one

    /** A ledger as it was when the pipeline last ran. */
    FileLedger(FileStreamOptions options, Progress progress) {
        this.options = options;
        restore(progress.positions());
        progress.batches().values().forEach(this::restore);
    }

    private void restore(Map<String, String> positions) {
        positions.forEach((path, value) -> {
            if (path.equals(SINCE)) {
                begun = true;
            } else if (value.equals(FORGOTTEN)) {
                known.remove(path);
            } else {
                known.put(path, new Known(FileVersion.parse(path, value)));
            }
        });
    }

    /** The files that a batch has taken, in order, found in the positions that it has changed. */
    static List<FileVersion> taken(Map<String, String> positions) {
        return positions.entrySet().stream()
                .filter(position -> !position.getKey().equals(SINCE)
                        && !position.getValue().equals(FORGOTTEN)
                        && !position.getValue().endsWith(LEFT_ALONE))
                .map(position -> FileVersion.parse(position.getKey(), position.getValue()))
                .sorted()
                .toList();
    }

    /** Whether the stream has never run. */
    boolean isNew() {
        return !begun && known.isEmpty();
    }

    /** Notes the first start. */
    void begin(Instant now) {
        begun = true;
        changes.put(SINCE, now.toString());
    }

    /** Leaves a file alone that is there at the first start. */
    void leaveAlone(Path file) throws IOException {
        FileVersion version = FileVersion.of(file);
        if (version != null) {
            known.put(version.path(), new Known(version));
            changes.put(version.path(), version.format() + LEFT_ALONE);
        }
    }

    void beginListing() {
        listing++;
    }

    /** Notes that a file is there, and looks at it if that may tell something new. */
    void visit(Path file, Instant now) throws IOException {
        String path = file.toString();
        Known before = known.get(path);
        if (before != null) {
            before.listing = listing;
            before.goneSince = null;
        }
        Waiting candidate = waiting.isEmpty() ? null : waiting.get(path);
        if (candidate != null) {
            candidate.listing = listing;
        }
        boolean isSettled = candidate == null ? before != null : isSettled(candidate, now);
        if (!isSettled || isTurn(path)) {
            look(file, before, candidate, now);
        }
    }

    private boolean isTurn(String path) {
        int turns = 1 + (known.size() + waiting.size()) / LOOKED_AT;
        return Math.floorMod(path.hashCode(), turns) == listing % turns;
    }

    private void look(Path file, @Nullable Known before, @Nullable Waiting candidate, Instant now) throws IOException {
        FileVersion version = before == null && candidate == null && !isAccepted(file) ? null : FileVersion.of(file);
        if (version == null || (before != null && before.version.equals(version))) {
            waiting.remove(file.toString());
        } else if (candidate != null) {
            candidate.see(version, now);
        } else if (before == null || isAccepted(file)) {
            waiting.put(version.path(), new Waiting(version, now, listing));
        }
    }

    private boolean isAccepted(Path file) {
        try {
            return options.filter().call(file);
        } catch (Exception failure) {
            throw new StreamingException("The filter of a file stream failed for '" + file + "': " + failure, failure);
        }
    }

    /** Forgets what was not visited since the listing began: at once if it waited, else after a while. */
    void endListing(Instant now) {
        waiting.values().removeIf(candidate -> candidate.listing != listing);
        known.values().removeIf(file -> file.listing != listing && isForgotten(file, now));
    }

    private boolean isForgotten(Known file, Instant now) {
        if (file.goneSince == null) {
            file.goneSince = now;
        }
        boolean forgotten = !now.isBefore(file.goneSince.plus(options.remember()));
        if (forgotten) {
            changes.put(file.version.path(), FORGOTTEN);
        }
        return forgotten;
    }

    /** The files that may be taken, the first one first. */
    PriorityQueue<FileVersion> settled(Instant now) {
        PriorityQueue<FileVersion> settled = new PriorityQueue<>();
        for (Waiting candidate : waiting.values()) {
            if (isSettled(candidate, now)) {
                settled.add(candidate.version);
            }
        }
        return settled;
    }

    private boolean isSettled(Waiting candidate, Instant now) {
        return hasPassed(candidate.since, now) || hasPassed(candidate.version.modified(), now);
    }

    private boolean hasPassed(Instant since, Instant now) {
        return Duration.between(since, now).compareTo(options.settleDelay()) >= 0;
    }

    /** Makes sure that a file is still as it waits to be taken; if it is not, it waits on. */
    boolean confirm(FileVersion file, Instant now) throws IOException {
        FileVersion current = FileVersion.of(Path.of(file.path()));
        Waiting candidate = waiting.get(file.path());
        if (current == null || candidate == null) {
            waiting.remove(file.path());
            return false;
        }
        candidate.see(current, now);
        return current.equals(file);
    }

    /** Takes files, for good. */
    void take(List<FileVersion> files) {
        tellChanged(files);
        for (FileVersion file : files) {
            waiting.remove(file.path());
            known.put(file.path(), new Known(file));
            changes.put(file.path(), file.format());
        }
    }

    private void tellChanged(List<FileVersion> files) {
        List<String> changed =
                files.stream().map(FileVersion::path).filter(known::containsKey).toList();
        if (!changed.isEmpty()) {
            log.info(
                    "{} files have changed since they were taken or left alone, and are taken as a whole: '{}', …",
                    changed.size(),
                    changed.get(0));
        }
    }

    /** What has changed in the positions since this was called last. */
    Map<String, String> takeChanges() {
        Map<String, String> taken = Map.copyOf(changes);
        changes.clear();
        return taken;
    }

    /** A version that is taken or left alone. */
    private static final class Known {

        private final FileVersion version;

        // Mutable state
        private int listing; // that has seen it last
        private @Nullable Instant goneSince; // null: it is there, as far as is known

        Known(FileVersion version) {
            this.version = version;
        }
    }

    /** A version that may be taken once it has not changed for long enough. */
    private static final class Waiting {

        // Mutable state
        private FileVersion version;
        private Instant since; // when this version was seen first
        private int listing; // that has seen the file last

        Waiting(FileVersion version, Instant since, int listing) {
            this.version = version;
            this.since = since;
            this.listing = listing;
        }

        void see(FileVersion current, Instant now) {
            if (!current.equals(version) || now.isBefore(since)) { // the clock may have been set back
                version = current;
                since = now;
            }
        }
    }
}
