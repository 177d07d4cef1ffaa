package io.dstream.benchmarks;

import java.util.function.Supplier;

/**
 * The engine beside plain Java.
 *
 * @param units how much work each process does
 * @param target the least ratio of the engine's work per second of CPU to that of plain Java
 */
record Comparison(int units, double target, Supplier<Workload> engine, Supplier<Workload> plain) {

    static Comparison named(String name) {
        return switch (name) {
            case "W1" -> new Comparison(100, 0.85, WordCount::engine, WordCount::plain);
            default -> throw new IllegalArgumentException("There is no comparison '" + name + "'");
        };
    }

    Workload side(String side) {
        return (side.equals("engine") ? engine : plain).get();
    }
}
