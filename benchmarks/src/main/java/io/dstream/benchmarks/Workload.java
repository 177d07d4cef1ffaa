package io.dstream.benchmarks;

import java.util.function.LongSupplier;

/** Something to be done by the engine or by plain Java; made ready before it is measured. */
interface Workload {

    /** Between results. */
    int LONGEST_PAUSE_MILLIS = 10_000;

    int LOOK_MILLIS = 50;

    /**
     * Does the work, and checks what came out.
     *
     * @param units how much of it
     * @throws IllegalStateException if the result is wrong
     */
    void run(int units) throws Exception;

    /**
     * Waits until as much as was expected has come out.
     *
     * @throws IllegalStateException if nothing more comes for ten seconds
     */
    static void await(String what, LongSupplier actual, long expected) throws InterruptedException {
        long last = -1;
        for (long now = actual.getAsLong(); now < expected; now = actual.getAsLong()) {
            if (now == last) {
                check(what, now, expected);
            }
            last = now;
            for (int i = 0; i < LONGEST_PAUSE_MILLIS / LOOK_MILLIS && actual.getAsLong() == last; i++) {
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    /** Makes sure that a number that came out is the expected one. */
    static void check(String what, long actual, long expected) {
        if (actual != expected) {
            throw new IllegalStateException(what + ": expected " + expected + ", but was " + actual);
        }
    }
}
