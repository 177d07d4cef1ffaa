package io.dstream.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Lines of about sixteen words each, out of a vocabulary in which few words are frequent. */
final class Words {

    static final int LINES_PER_BATCH = 100_000;

    private static final int VOCABULARY = 100_000;
    private static final int LINE_LENGTH = 100;

    private final double[] cumulative = new double[VOCABULARY];
    private final List<String> lines = new ArrayList<>();
    private long words;

    /** Makes so many lines, the same ones in every run. */
    Words(int count) {
        double sum = 0;
        for (int rank = 0; rank < VOCABULARY; rank++) {
            sum += 1.0 / (rank + 1);
            cumulative[rank] = sum;
        }
        Random random = new Random(1);
        for (int i = 0; i < count; i++) {
            lines.add(line(random));
        }
    }

    List<String> lines() {
        return lines;
    }

    long words() {
        return words;
    }

    private String line(Random random) {
        StringBuilder line = new StringBuilder();
        while (line.length() < LINE_LENGTH) {
            line.append(line.length() == 0 ? "" : " ").append(word(random));
            words++;
        }
        return line.toString();
    }

    private String word(Random random) {
        double point = random.nextDouble() * cumulative[VOCABULARY - 1];
        int low = 0;
        int high = VOCABULARY - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (cumulative[middle] < point) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return "w" + Integer.toString(low * 31 + 7, 36); // about five characters and a blank
    }
}
