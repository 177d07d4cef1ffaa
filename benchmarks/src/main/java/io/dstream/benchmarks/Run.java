package io.dstream.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs a comparison: processes of the engine and of plain Java in turn, one pair to warm the machine up and then five that
 * count. The figure is the median of the pairs' ratios of work per second of processor time.
 */
final class Run {

    private static final int PAIRS = 5;

    private Run() {}

    /** Argument: the comparison. Ends with 1 if a result is wrong or the target is missed. */
    public static void main(String[] args) throws Exception {
        Comparison comparison = Comparison.named(args[0]);
        pair(args[0], comparison);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < PAIRS; i++) {
            ratios.add(pair(args[0], comparison));
        }
        double median = ratios.stream().sorted().toList().get(PAIRS / 2);
        print("%s ratio %.2f target %.2f", args[0], median, comparison.target());
        if (median < comparison.target()) {
            System.exit(1);
        }
    }

    private static double pair(String name, Comparison comparison) throws IOException, InterruptedException {
        double engine = cpuSeconds(name, "engine", comparison.units());
        double plain = cpuSeconds(name, "plain", comparison.units());
        print("%s engine %.2f s, plain %.2f s, ratio %.2f", name, engine, plain, plain / engine);
        return plain / engine;
    }

    private static double cpuSeconds(String name, String side, int units) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx8g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Measured.class.getName(),
                        name,
                        side,
                        Integer.toString(units))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String result = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || !result.startsWith(Measured.RESULT)) {
            throw new IllegalStateException(name + " of " + side + " failed: " + result);
        }
        return Double.parseDouble(result.substring(Measured.RESULT.length()).trim());
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
