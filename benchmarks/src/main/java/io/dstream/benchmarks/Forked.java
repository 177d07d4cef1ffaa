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

    /**
     * The heap is had from the machine before anything is measured: on a virtual machine, a page that is touched for the first
     * time may cost more than all that is done with it.
     */
    private static final List<String> HEAP = List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

    private Forked() {}

    /** In the new process; arguments: the side and the units of work. */
    public static void main(String[] args) throws Exception {
        double cost = Sides.named(args[0]).cost(Integer.parseInt(args[1]));
        System.out.println(COST + cost);
        System.exit(0); // whatever threads the side has left behind
    }

    /** The cost of a side in a process of its own. */
    static double cost(String side, int units) throws IOException, InterruptedException {
        return cost(side, units, HEAP);
    }

    /** The cost of a side in a process of its own, with these options of Java in place of the usual heap. */
    static double cost(String side, int units, List<String> options) throws IOException, InterruptedException {
        Process process = java(options, Forked.class.getName(), side, Integer.toString(units));
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
        Process process = java(List.of(), program.getName(), argument);
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
        List<String> all = new ArrayList<>(List.of(program.getName()));
        all.addAll(List.of(arguments));
        return java(List.of("-Xmx256m"), all.toArray(String[]::new));
    }

    private static Process java(List<String> options, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Dslf4j.internal.verbosity=ERROR", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
