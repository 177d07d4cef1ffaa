package io.dstream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A process for one side of a comparison. */
final class Forked {

    private static final String COST = "cost ";

    private Forked() {}

    /** In the new process; arguments: the side and the units of work. */
    public static void main(String[] args) throws Exception {
        double cost = Sides.named(args[0]).cost(Integer.parseInt(args[1]));
        System.out.println(COST + cost);
        System.exit(0); // whatever threads the side has left behind
    }

    /** The cost of a side in a process of its own. */
    static double cost(String side, int units, String... options) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(options));
        arguments.addAll(List.of(Forked.class.getName(), side, Integer.toString(units)));
        Process process = java(arguments);
        String result = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || !result.startsWith(COST)) {
            throw new IllegalStateException(side + " failed: " + result);
        }
        return Double.parseDouble(result.substring(COST.length()).trim());
    }

    /**
     * The seconds from the start of a program to the first line that it prints.
     *
     * @param argument what the program is given
     * @param expected what that line must be
     */
    static double secondsToFirstLine(Class<?> program, String argument, String expected)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = java(List.of(program.getName(), argument));
        try (BufferedReader output = process.inputReader()) {
            String line = output.readLine();
            double seconds = (System.nanoTime() - start) / 1e9;
            if (!expected.equals(line) || process.waitFor() != 0) {
                throw new IllegalStateException(program.getSimpleName() + " failed: " + line);
            }
            return seconds;
        }
    }

    /** Starts a program in a process of its own. */
    static Process start(Class<?> program, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of("-Xmx256m", program.getName()));
        all.addAll(List.of(arguments));
        return java(all);
    }

    private static Process java(List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx8g", "-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
