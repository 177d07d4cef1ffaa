package io.dstream.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** W6 in plain Java: counts the words of one batch on two threads, prints how many there are, and ends. */
final class FirstCount {

    static final List<String> LINES = List.of("to be or not to be", "that is the question");
    static final String LINE = "8 words";

    private FirstCount() {}

    /** No arguments. */
    public static void main(String[] args) {
        List<Map<String, Counter>> maps = List.of(new HashMap<>(), new HashMap<>());
        try (TwoThreads threads = new TwoThreads()) {
            threads.run(thread -> Arrays.stream(LINES.get(thread).split(" ", -1))
                    .forEach(word -> maps.get(thread).computeIfAbsent(word, absent -> new Counter()).value++));
        }
        Map<String, Counter> merged = new HashMap<>(maps.get(0));
        maps.get(1)
                .forEach((word, counter) -> merged.merge(word, counter, (first, second) -> {
                    first.value += second.value;
                    return first;
                }));
        System.out.println(merged.size() + " words");
    }
}
