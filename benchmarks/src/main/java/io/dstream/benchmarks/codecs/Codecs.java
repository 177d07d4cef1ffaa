package io.dstream.benchmarks.codecs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Measures one candidate in a process of its own: what its first use costs, and then bytes, and nanoseconds to write, read and
 * copy.
 */
final class Codecs {

    private static final int ROUNDS = 15;
    private static final long ROUND_NANOS = 150_000_000;
    private static final int MANY = 100;

    private Codecs() {}

    /** Argument: dstream, fory-generated, kryo or jackson-cbor. */
    public static void main(String[] args) {
        long begin = System.nanoTime();
        Candidate candidate = Candidate.named(args[0]);
        use(candidate, count(1));
        long first = System.nanoTime();
        use(candidate, new Account());
        long second = System.nanoTime();
        System.out.printf(
                "%s on Java %d: first class after %d ms, second after %d ms more%n",
                args[0], Runtime.version().feature(), millis(begin, first), millis(first, second));
        values().forEach((name, value) -> measure(candidate, name, value));
    }

    private static void use(Candidate candidate, Object value) {
        candidate.read(candidate.write(value), value.getClass());
        candidate.copy(value);
    }

    private static void measure(Candidate candidate, String name, Object value) {
        byte[] bytes = candidate.write(value);
        System.out.printf(
                "  %-22s %5d bytes  write %6d  read %6d  copy %6d ns%n",
                name,
                bytes.length,
                nanos(() -> candidate.write(value)),
                nanos(() -> candidate.read(bytes, value.getClass())),
                nanos(() -> candidate.copy(value)));
    }

    /** Per call, in the best of the rounds: the machine may have other work. */
    private static long nanos(Supplier<Object> call) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, nanosInARound(call));
        }
        return best;
    }

    private static long nanosInARound(Supplier<Object> call) {
        long begin = System.nanoTime();
        long calls = 0;
        long used = 0;
        while (System.nanoTime() - begin < ROUND_NANOS) {
            for (int i = 0; i < MANY; i++) {
                used += System.identityHashCode(call.get().getClass());
            }
            calls += MANY;
        }
        if (used == 0) {
            throw new IllegalStateException("Nothing was done");
        }
        return (System.nanoTime() - begin) / calls;
    }

    private static long millis(long begin, long end) {
        return (end - begin) / 1_000_000;
    }

    private static Map<String, Object> values() {
        Map<String, Long> map = new HashMap<>();
        List<Count> list = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            map.put("word" + i, (long) i);
            list.add(count(i));
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("Long", 42L);
        values.put("String", "some word");
        values.put("record(String, long)", count(42));
        values.put("bean of 4 fields", new Account());
        values.put("HashMap of 100", map);
        values.put("ArrayList of 100", list);
        return values;
    }

    private static Count count(int i) {
        return new Count("word" + i, i);
    }

    record Count(String word, long count) {}

    /** A bean as all candidates like it. */
    static final class Account {

        public String owner = "some name";
        public long total = 123_456;
        public double average = 3.5;
        public int bookings = 7;
    }
}
