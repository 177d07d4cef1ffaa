package io.dstream.input;

import org.jspecify.annotations.Nullable;

/**
 * How the rate at which inputs take in records follows the rate at which batches process them.
 *
 * @param enabled whether it does; if not, nothing else here has an effect
 * @param initialRate records per second that each input may take in until the first estimate, at least 1; null if that is not
 *     limited
 * @param minRate records per second below which no estimate falls, at least 1
 * @param pid how an estimate follows from the one before
 */
public record BackpressureSettings(
        boolean enabled, @Nullable Long initialRate, long minRate, Pid pid) {

    /**
     * The weights of a {@link RateEstimator}, all at least 0.
     *
     * @param proportional how far a rate goes at once to the rate at which the last batch was processed: 1 is all the way
     * @param integral how much it stays below that while batches wait, so that these are worked off
     * @param derivative how much it is slowed by a fast change
     */
    public record Pid(double proportional, double integral, double derivative) {

        public Pid {
            requireWeight("proportional", proportional);
            requireWeight("integral", integral);
            requireWeight("derivative", derivative);
        }

        private static void requireWeight(String name, double value) {
            if (!(value >= 0) || Double.isInfinite(value)) { // nor NaN
                throw new IllegalArgumentException("'" + name + "' must be at least 0, but was " + value);
            }
        }
    }

    public BackpressureSettings {
        requireAtLeastOne("initialRate", initialRate == null ? 1 : initialRate);
        requireAtLeastOne("minRate", minRate);
    }

    /** Off; when it is enabled: no initial limit, at least 100 records per second, weights 1, 0.2 and 0. */
    public static BackpressureSettings defaults() {
        return new BackpressureSettings(false, null, 100, new Pid(1, 0.2, 0));
    }

    /**
     * Changes whether rates follow the batches.
     *
     * @param newEnabled whether they do
     */
    public BackpressureSettings withEnabled(boolean newEnabled) {
        return new BackpressureSettings(newEnabled, initialRate, minRate, pid);
    }

    /**
     * Changes the rate until the first estimate.
     *
     * @param newInitialRate records per second, at least 1
     */
    public BackpressureSettings withInitialRate(long newInitialRate) {
        return new BackpressureSettings(enabled, newInitialRate, minRate, pid);
    }

    /**
     * Changes the rate below which no estimate falls.
     *
     * @param newMinRate records per second, at least 1
     */
    public BackpressureSettings withMinRate(long newMinRate) {
        return new BackpressureSettings(enabled, initialRate, newMinRate, pid);
    }

    /**
     * Changes how an estimate follows from the one before.
     *
     * @param newPid its weights
     */
    public BackpressureSettings withPid(Pid newPid) {
        return new BackpressureSettings(enabled, initialRate, minRate, newPid);
    }

    private static void requireAtLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("'" + name + "' must be at least 1, but was " + value);
        }
    }
}
