package io.dstream.benchmarks;

import java.util.Locale;

/**
 * What a measured figure has to reach.
 *
 * @param value the bound
 * @param isLeast whether the figure must be at least that, else at most
 */
record Target(double value, boolean isLeast) {

    static Target atLeast(double value) {
        return new Target(value, true);
    }

    static Target atMost(double value) {
        return new Target(value, false);
    }

    /** Of a figure that is only told. */
    static Target none() {
        return atMost(Double.POSITIVE_INFINITY);
    }

    boolean isMetBy(double figure) {
        return isLeast ? figure >= value : figure <= value;
    }

    @Override
    public String toString() {
        return Double.isInfinite(value) ? "none" : String.format(Locale.ROOT, "%.2f", value);
    }
}
