package io.dstream.benchmarks;

/** Something to be done by the engine or by plain Java. */
interface Workload {

    /**
     * Does the work, and checks what came out.
     *
     * @param units how much of it
     * @throws IllegalStateException if the result is wrong
     */
    void run(int units) throws Exception;
}
