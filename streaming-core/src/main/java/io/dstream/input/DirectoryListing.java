package io.dstream.input;

import io.dstream.time.StreamClock;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks what is in the directories of a file stream: at every tick, but no more than a tenth of the time, so that batches do not
 * wait for large or slow directories only.
 *
 * <p>Used by one thread at a time.
 */
final class DirectoryListing {

    private static final Logger log = LoggerFactory.getLogger(DirectoryListing.class);
    private static final int SHARE = 10;

    private final String input;
    private final DirectoryGlob directories;
    private final StreamClock clock;

    // Mutable state
    private boolean missing; // whether there was no directory
    private Instant last = Instant.MIN; // when it was looked last
    private Instant next = Instant.MIN; // when it may be looked again

    /**
     * @param input names the input and its pipeline in the log
     */
    DirectoryListing(String input, DirectoryGlob directories, StreamClock clock) {
        this.input = input;
        this.directories = directories;
        this.clock = clock;
    }

    /** Whether there was no directory when it was looked last. */
    boolean isMissing() {
        return missing;
    }

    /** Lets a ledger leave everything alone that is there. */
    void leaveAlone(FileLedger ledger) throws IOException {
        for (Path directory : existing()) {
            visit(directory, ledger::leaveAlone);
        }
    }

    /** Tells a ledger what is there, if it is time to look. */
    void update(FileLedger ledger) throws IOException {
        Instant now = clock.now();
        if (now.isBefore(last) || !now.isBefore(next)) { // the clock may have been set back
            list(ledger, now);
            last = now;
            next = now.plus(Duration.between(now, clock.now()).multipliedBy(SHARE));
        }
    }

    private void list(FileLedger ledger, Instant now) throws IOException {
        List<Path> existing = existing();
        if (existing.isEmpty()) {
            return; // so nothing is known of the files
        }
        ledger.beginListing();
        for (Path directory : existing) {
            visit(directory, file -> ledger.visit(file, now));
        }
        ledger.endListing(now);
    }

    private static void visit(Path directory, Directories.Visitor visitor) throws IOException {
        try {
            Directories.visit(directory, visitor);
        } catch (NoSuchFileException | NotDirectoryException vanished) {
            log.debug("The directory '{}' has vanished", directory);
        }
    }

    private List<Path> existing() throws IOException {
        List<Path> existing = directories.directories();
        if (existing.isEmpty() != missing) {
            missing = existing.isEmpty();
            tellMissing();
        }
        return existing;
    }

    private void tellMissing() {
        if (missing) {
            log.warn("Input {} has no records until there is a directory '{}'", input, directories);
        } else {
            log.info("Input {} has found '{}'", input, directories);
        }
    }
}
