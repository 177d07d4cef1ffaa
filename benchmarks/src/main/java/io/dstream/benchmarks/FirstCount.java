package io.dstream.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** W6 in plain Java: counts the words of a file as the plain side of W1 does, prints the sum, and ends. */
final class FirstCount {

    private FirstCount() {}

    /** Argument: the file. */
    public static void main(String[] args) throws IOException {
        List<String> lines = Files.readAllLines(Path.of(args[0]));
        AtomicLong counted = new AtomicLong();
        try (TwoThreads threads = new TwoThreads()) {
            WordCount.countBatch(lines, threads, counted);
        }
        System.out.println(counted);
    }
}
