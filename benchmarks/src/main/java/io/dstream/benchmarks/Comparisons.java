package io.dstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** All comparisons with their targets. */
final class Comparisons {

    private static final int PAIRS = 5;
    private static final int STARTS = 11;
    private static final int SOME_PAIRS = 9; // which take long
    private static final int MANY_PAIRS = 15; // where the garbage collector or caches make them go far apart

    private static final List<Comparison> ALL = List.of(
            new Comparison("W1", PAIRS, Target.atLeast(0.85), () -> work("W1", 100)),
            new Comparison("W2-batch", PAIRS, Target.atMost(5), () -> cost("W2-batch", 40_000)),
            new Comparison("W2-interval", 1, Target.atMost(1), () -> Forked.cost("W2-interval", 60)),
            new Comparison("W2-idle", 3, Target.atMost(0.03), () -> Forked.cost("W2-idle", 30)),
            new Comparison("W3-map", PAIRS, Target.atLeast(0.5), () -> work("W3-map", 2_000)),
            new Comparison("W3-slowdown", PAIRS, Target.atMost(1.3), () -> slowdown("engine") / slowdown("plain")),
            new Comparison("W3-update", PAIRS, Target.atMost(2.5), () -> cost("W3-update", 100)),
            new Comparison("W3-bytes", PAIRS, Target.atMost(1.5), () -> cost("W3-bytes", 1)),
            new Comparison("W4-inverse", PAIRS, Target.atMost(1.5), () -> cost("W4-inverse", 1_000)),
            new Comparison("W4-max", PAIRS, Target.atMost(2), () -> cost("W4-max", 200)),
            new Comparison("W4-length", MANY_PAIRS, Target.atMost(1.2), Comparisons::lengthened),
            new Comparison("W6", STARTS, Target.atMost(2.5), Comparisons::start),
            new Comparison("joins", PAIRS, Target.atLeast(0.6), () -> work("joins", 400)),
            new Comparison("log-force", PAIRS, Target.atLeast(0.8), () -> work("log-force", 10_000)),
            new Comparison("log-force-long", PAIRS, Target.atLeast(0.8), () -> work("log-force-long", 1_000)),
            new Comparison("log-commit", PAIRS, Target.atMost(1.5), () -> cost("log-commit", 1_000)),
            new Comparison("log-recovery", PAIRS, Target.atMost(3), () -> cost("log-recovery", 20)),
            new Comparison("log-state", PAIRS, Target.atMost(1.5), () -> cost("log-state", 1_000)),
            new Comparison("wal", PAIRS, Target.atLeast(0.6), Comparisons::logged),
            new Comparison("receiver-store", PAIRS, Target.atLeast(0.5), () -> work("receiver-store", 40)),
            new Comparison("receiver-socket", PAIRS, Target.atLeast(0.7), () -> work("receiver-socket", 10)),
            new Comparison("kafka", SOME_PAIRS, Target.atLeast(0.85), () -> countedRecords("kafka")),
            new Comparison("kafka-handler", SOME_PAIRS, Target.atLeast(0.85), () -> countedRecords("kafka-handler")),
            new Comparison("kafka-latency", 3, Target.none(), Comparisons::recordLatency),
            new Comparison(
                    "overload",
                    1,
                    Target.atMost(2),
                    () -> Forked.cost("overload", 600, List.of("-Xms256m", "-Xmx256m", "-XX:+AlwaysPreTouch"))),
            new Comparison("memory", 1, Target.atMost(1.05), () -> Forked.cost("memory", 600, List.of("-Xmx128m"))));

    private Comparisons() {}

    /** Those whose names begin with one of some beginnings. */
    static List<Comparison> named(String... beginnings) {
        List<Comparison> named = ALL.stream()
                .filter(comparison -> Arrays.stream(beginnings)
                        .anyMatch(beginning -> comparison.name().startsWith(beginning)))
                .toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException("The comparisons are "
                    + ALL.stream().map(Comparison::name).toList() + "; none begins with " + List.of(beginnings));
        }
        return named;
    }

    /** The engine's work per cost beside that of plain Java. */
    private static double work(String name, int units) throws Exception {
        return 1 / cost(name, units);
    }

    /** The engine's cost beside that of plain Java. */
    private static double cost(String name, int units) throws Exception {
        return print(name, Forked.cost(name + "-engine", units), Forked.cost(name + "-plain", units));
    }

    /** The records per second that a receiver takes in with a write-ahead log beside those without one. */
    private static double logged() throws Exception {
        int units = 10;
        return 1 / print("wal", Forked.cost("wal-on", units), Forked.cost("wal-off", units));
    }

    /** The engine's work per cost beside that of a loop around a consumer, on the same topic of a broker in another process. */
    private static double countedRecords(String name) throws Exception {
        int units = 16;
        List<String> options = KafkaTopic.filled().options();
        return 1
                / print(
                        name,
                        Forked.cost(name + "-engine", units, options),
                        Forked.cost("kafka-plain", units, options));
    }

    /** The 99th percentile of the seconds from when a record is sent to when an output has it. */
    private static double recordLatency() throws Exception {
        return Forked.cost("kafka-latency", 60, KafkaTopic.empty().options());
    }

    /** What a million keys cost beside a hundred thousand. */
    private static double slowdown(String side) throws Exception {
        int units = 2_000;
        return print(
                "W3-slowdown of " + side,
                Forked.cost("W3-map-" + side, units),
                Forked.cost("W3-map-" + side + "-small", units));
    }

    /** What 600 slides cost beside 60, over as many slides as the longer window has, in which it turns its stacks over once. */
    private static double lengthened() throws Exception {
        int units = 600;
        List<String> heap = List.of("-Xms3g", "-Xmx3g", "-XX:+AlwaysPreTouch");
        return print(
                "W4-length", Forked.cost("W4-max-engine-long", units, heap), Forked.cost("W4-max-engine", units, heap));
    }

    /** The time to the first output beside that of plain Java; what is counted is a megabyte. */
    private static double start() throws IOException, InterruptedException {
        Words words = new Words(10_000);
        String expected = Long.toString(words.words());
        Path file = Files.createTempFile("words", ".txt");
        try {
            Files.write(file, words.lines());
            return print(
                    "W6",
                    Forked.secondsToFirstLine(FirstBatch.class, file.toString(), expected),
                    Forked.secondsToFirstLine(FirstCount.class, file.toString(), expected));
        } finally {
            Files.delete(file);
        }
    }

    private static double print(String name, double cost, double reference) {
        System.out.println(String.format(
                Locale.ROOT, "%s cost %.4g, reference %.4g, quotient %.2f", name, cost, reference, cost / reference));
        return cost / reference;
    }
}
