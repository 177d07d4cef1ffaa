package io.dstream.input;

/**
 * What is known of the rate at which records can be processed. Immutable.
 *
 * @param time when the last batch that it rests on ended, in milliseconds since 1970-01-01T00:00:00Z; -1 if there was none
 * @param rate records per second
 * @param error by how much the rate before was above that of the last batch
 * @param isResult whether the rate may be used, which it may from the second batch on
 */
record RateEstimate(long time, double rate, double error, boolean isResult) {

    static final RateEstimate NONE = new RateEstimate(-1, -1, 0, false);

    private static final int PARTS = 4;

    boolean isFirst() {
        return time < 0;
    }

    /** The text that {@link #parse} reads. */
    String format() {
        return time + " " + rate + " " + error + " " + isResult;
    }

    /**
     * Reads what {@link #format} has written.
     *
     * @throws IllegalArgumentException if the text is something else
     */
    static RateEstimate parse(String text) {
        String[] parts = text.split(" ", -1);
        if (parts.length != PARTS) {
            throw new IllegalArgumentException("An estimate has " + PARTS + " parts, but was '" + text + "'");
        }
        return new RateEstimate(
                Long.parseLong(parts[0]),
                Double.parseDouble(parts[1]),
                Double.parseDouble(parts[2]),
                Boolean.parseBoolean(parts[3]));
    }
}
