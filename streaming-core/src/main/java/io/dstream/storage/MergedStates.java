package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The last state of each key of a node, out of commits that have changed some each.
 *
 * <p>They are read from the last to the first, and keys of later ones are passed over. So nothing is held of the first, which is
 * that of the snapshot with most keys, and of the others the keys alone. Used by one thread.
 */
final class MergedStates {

    private final Checkpoint.Files files;

    MergedStates(Checkpoint.Files files) {
        this.files = files;
    }

    /**
     * Visits all states, each key once.
     *
     * @return how many there were
     */
    <K, S> long forEach(List<List<LogEntry.States>> commits, StateVisitor<K, S> visitor) throws IOException {
        Set<Object> later = new HashSet<>();
        long visited = 0;
        try (RecordSource source = new RecordSource(files.disk())) {
            for (int i = commits.size() - 1; i >= 0; i--) {
                for (LogEntry.States place : commits.get(i)) {
                    StateChunk chunk = read(place, source);
                    visited += visit(chunk, later, visitor);
                    if (i > 0) {
                        later.addAll(chunk.keys());
                    }
                }
            }
        }
        return visited;
    }

    @SuppressWarnings("unchecked") // what was logged for the node; whoever asks knows its types
    private static <K, S> long visit(StateChunk chunk, Set<Object> later, StateVisitor<K, S> visitor) {
        long visited = 0;
        for (int i = 0; i < chunk.keys().size(); i++) {
            Object state = chunk.states().get(i);
            Object key = chunk.keys().get(i);
            if (state != null && !later.contains(key)) {
                visitor.visit((K) key, (S) state, chunk.dataTimes()[i]);
                visited++;
            }
        }
        return visited;
    }

    private StateChunk read(LogEntry.States place, RecordSource source) throws IOException {
        StoredRecord record = source.read(place.place());
        files.bytesRead().accept(record.payload().capacity());
        try {
            return StateChunk.read(record.payload(), files.codec());
        } catch (StreamingException failure) {
            throw new StreamingException(
                    "The states of '" + place.node() + "' at " + files.locate(place.place()) + " cannot be read: "
                            + failure.getMessage(),
                    failure);
        }
    }
}
