package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The last state of each key of a node, out of commits that have changed some each: they are read from the last to the first.
 *
 * <p>Used by one thread.
 */
final class MergedStates {

    private final Checkpoint.Files files;

    MergedStates(Checkpoint.Files files) {
        this.files = files;
    }

    /**
     * Visits the states of each key from the last to the first, until it was removed.
     *
     * @param visitor knows which keys it has, so that nothing needs to be held of them here
     * @return how many it wanted
     */
    <K, S> long forEach(List<List<LogEntry.States>> commits, StateVisitor<K, S> visitor) throws IOException {
        return forEach(commits, commit -> visitor);
    }

    /**
     * Visits all states, each key once. Nothing is held of the first commit, which is that of the snapshot with most keys, and of the
     * others the keys alone.
     *
     * @return how many there were
     */
    <K, S> long forEachOnce(List<List<LogEntry.States>> commits, StateVisitor<K, S> visitor) throws IOException {
        KeySet later = new KeySet();
        StateVisitor<K, S> first =
                (key, state, dataTime) -> !later.contains(key) && visitor.visit(key, state, dataTime);
        StateVisitor<K, S> others = (key, state, dataTime) -> later.add(key) && visitor.visit(key, state, dataTime);
        return forEach(commits, commit -> commit == 0 ? first : others);
    }

    private <K, S> long forEach(List<List<LogEntry.States>> commits, IntFunction<StateVisitor<K, S>> visitors)
            throws IOException {
        KeySet removed = new KeySet();
        long wanted = 0;
        try (RecordSource source = new RecordSource(files.disk())) {
            for (int commit = commits.size() - 1; commit >= 0; commit--) {
                StateVisitor<K, S> visitor = visitors.apply(commit);
                for (LogEntry.States place : commits.get(commit)) {
                    wanted += visit(read(place, source), removed, visitor);
                }
            }
        }
        return wanted;
    }

    @SuppressWarnings("unchecked") // what was logged for the node; whoever asks knows its types
    private static <K, S> long visit(StateChunk chunk, KeySet removed, StateVisitor<K, S> visitor) {
        long wanted = 0;
        for (int i = 0; i < chunk.keys().size(); i++) {
            Object state = chunk.states().get(i);
            Object key = chunk.keys().get(i);
            if (state == null) {
                removed.add(key);
            } else if (!removed.contains(key) && visitor.visit((K) key, (S) state, chunk.dataTimes()[i])) {
                wanted++;
            }
        }
        return wanted;
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
