package io.dstream.rdd;

/**
 * An output that writes dead letters, which tell of rows that were taken out, together with its results: both count, or neither.
 *
 * <p>Thread-safe.
 */
@FunctionalInterface
public interface DeadLetterOutput {

    /**
     * Offers a dead letter, of whatever kind the source makes.
     *
     * @return whether it is written with the results; else the source has to see to it
     * @throws Exception if it cannot be written although it could be taken
     */
    boolean offer(Object letter) throws Exception;
}
