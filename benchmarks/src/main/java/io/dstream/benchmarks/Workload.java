package io.dstream.benchmarks;

/** Something to be done by the engine or by plain Java; made ready before it is measured. */
interface Workload {

    /**
     * Does the work, and checks what came out.
     *
     * @param units how much of it
     * @throws IllegalStateException if the result is wrong
     */
    void run(int units) throws Exception;

    /** Makes sure that a number that came out is the expected one. */
    static void check(String what, long actual, long expected) {
        if (actual != expected) {
            throw new IllegalStateException(what + ": expected " + expected + ", but was " + actual);
        }
    }
}
