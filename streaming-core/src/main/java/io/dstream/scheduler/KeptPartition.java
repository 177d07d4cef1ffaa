package io.dstream.scheduler;

import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RunScope;
import java.util.Iterator;

/**
 * Rows that are let go of some time, whose scope is closed before that; so whoever asks too late learns what they were and how
 * to keep them longer, wherever they were kept. What is open can be read to its end.
 *
 * @param stream the name of the rows, for errors
 */
@SuppressWarnings("serial") // a process reads what it has kept itself
record KeptPartition<T>(InputPartition<T> rows, RunScope scope, String stream) implements InputPartition<T> {

    @Override
    public Iterator<T> open() throws Exception {
        scope.requireOpen(stream);
        try {
            return rows.open();
        } catch (Exception failure) {
            scope.requireOpen(stream); // else they have just been let go of
            throw failure;
        }
    }

    @Override
    public long size() {
        return rows.size();
    }
}
