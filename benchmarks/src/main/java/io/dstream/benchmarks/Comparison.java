package io.dstream.benchmarks;

import java.util.function.Supplier;

/**
 * The engine beside plain Java.
 *
 * @param units how much work each process does
 * @param target the least ratio of the engine's work per second of CPU to that of plain Java
 */
record Comparison(int units, double target, Supplier<Workload> engine, Supplier<Workload> plain) {

    private static final int MILLION = 1_000_000;

    static Comparison named(String name) {
        return switch (name) {
            case "W1" -> new Comparison(100, 0.85, WordCount::engine, WordCount::plain);
            case "W3-map" ->
                new Comparison(2_000, 0.5, () -> KeyedState.mapWithState(MILLION), () -> KeyedState.maps(MILLION));
            case "W3-update" ->
                new Comparison(
                        100, 0.4, () -> KeyedState.updateStateByKey(MILLION), () -> KeyedState.functionOnMaps(MILLION));
            case "W4-inverse" ->
                new Comparison(1_000, 0.67, () -> Windows.engine(60, true), () -> Windows.plain(60, true));
            case "W4-max" -> new Comparison(200, 0.5, () -> Windows.engine(60, false), () -> Windows.plain(60, false));
            case "W4-length" -> // not plain Java but a window of 60 slides beside the one of 600
                new Comparison(100, 0.83, () -> Windows.engine(600, false), () -> Windows.engine(60, false));
            case "joins" -> new Comparison(400, 0.6, Joins::engine, Joins::plain);
            default -> throw new IllegalArgumentException("There is no comparison '" + name + "'");
        };
    }

    Workload side(String side) {
        return (side.equals("engine") ? engine : plain).get();
    }
}
