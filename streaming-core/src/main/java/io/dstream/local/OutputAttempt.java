package io.dstream.local;

import io.dstream.rdd.DeadLetterOutput;
import java.util.ArrayList;
import java.util.List;

/**
 * An attempt at an output that writes dead letters with its results. If it fails they are not written, so what was shuffled or kept
 * in it is computed anew by the next attempt, which meets the failed rows again.
 *
 * <p>Thread-safe.
 */
final class OutputAttempt implements DeadLetterOutput {

    private final DeadLetterOutput output;

    // Mutable state, guarded by this
    private final List<Runnable> computed = new ArrayList<>(); // each forgets it
    private boolean hasLetters;

    OutputAttempt(DeadLetterOutput output) {
        this.output = output;
    }

    @Override
    public boolean offer(Object letter) throws Exception {
        boolean taken = output.offer(letter);
        if (taken) {
            noteLetter();
        }
        return taken;
    }

    private synchronized void noteLetter() {
        hasLetters = true;
    }

    /**
     * Is told that something was computed that outlives the attempt.
     *
     * @param forget lets go of it
     */
    synchronized void computed(Runnable forget) {
        if (hasLetters) { // else none was of this
            computed.add(forget);
        }
    }

    /** Has forgotten what depends on the letters. */
    void failed() {
        List<Runnable> all;
        synchronized (this) {
            all = List.copyOf(computed);
            computed.clear();
        }
        all.forEach(Runnable::run);
    }
}
