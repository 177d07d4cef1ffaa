package io.dstream.benchmarks;

/**
 * A figure that is measured several times, mostly the cost of something on the engine beside its cost in plain Java.
 *
 * @param name as on the command line
 * @param rounds how often it is measured after a first time that does not count
 * @param target what the median of the rounds has to reach
 * @param figure measures it once
 */
record Comparison(String name, int rounds, Target target, Figure figure) {

    /** Measures a figure once. */
    @FunctionalInterface
    interface Figure {

        /** Measures in processes of its own; fails if a result is wrong. */
        double measure() throws Exception;
    }
}
