package io.dstream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs comparisons: each a number of times, after a first time which warms the machine up. */
final class Run {

    private Run() {}

    /** Arguments: the comparisons, by name or by what their names begin with. Ends with 1 if a target is missed. */
    public static void main(String[] args) throws Exception {
        boolean met = true;
        for (Comparison comparison : Comparisons.named(args)) {
            met &= run(comparison);
        }
        System.exit(met ? 0 : 1);
    }

    private static boolean run(Comparison comparison) throws Exception {
        if (comparison.rounds() > 1) {
            comparison.figure().measure();
        }
        List<Double> figures = new ArrayList<>();
        for (int round = 0; round < comparison.rounds(); round++) {
            figures.add(comparison.figure().measure());
        }
        figures.sort(null);
        double median = figures.get(figures.size() / 2);
        print("%s from %.3f to %.3f", comparison.name(), figures.get(0), figures.get(figures.size() - 1));
        String digits = median < 0.1 ? "%.3f" : "%.2f";
        print("%s ratio " + digits + " target %s", comparison.name(), median, comparison.target());
        return comparison.target().isMetBy(median);
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
