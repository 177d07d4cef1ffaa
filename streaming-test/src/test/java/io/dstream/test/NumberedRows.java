package io.dstream.test;

import io.dstream.rdd.Pair;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * What a sender has for each batch of an input: rows with numbers that rise. Those that were not acknowledged are sent again when
 * the process that was to take them has died, as real senders do.
 *
 * <p>Acknowledged by one thread at a time.
 *
 * @param <T> type of the rows
 */
final class NumberedRows<T> {

    private static final long NUMBERS_OF_A_BATCH = 1_000;

    private final List<List<T>> rows; // by batch

    // Mutable state
    private volatile long acknowledged; // number of the last row that the sender knows to be safe

    NumberedRows(List<List<T>> rows) {
        this.rows = rows;
    }

    /** The numbers of the rows of a batch, counted from 1. */
    List<Long> numbers(int batch) {
        return LongStream.range(0, rowsOf(batch).size())
                .mapToObj(i -> batch * NUMBERS_OF_A_BATCH + i)
                .toList();
    }

    List<Pair<Long, T>> all(int batch) {
        return numbers(batch).stream()
                .map(number -> Pair.of(number, rowsOf(batch).get((int) (number % NUMBERS_OF_A_BATCH))))
                .toList();
    }

    /** Those that are to be sent. */
    List<Pair<Long, T>> pending(int batch) {
        return all(batch).stream().filter(row -> row.key() > acknowledged).toList();
    }

    void acknowledge(long number) {
        acknowledged = Math.max(acknowledged, number);
    }

    void acknowledgeBatch(int batch) {
        acknowledge((batch + 1) * NUMBERS_OF_A_BATCH - 1);
    }

    private List<T> rowsOf(int batch) {
        return batch <= rows.size() ? rows.get(batch - 1) : List.of();
    }

    /** Lets a row pass that comes in the batch for which it is, if it has not come before. */
    static <T> StateSpec<Long, T, Boolean, Pair<Long, T>> once() {
        return StateSpec.function((Instant time, Long number, Optional<T> row, State<Boolean> seen) -> {
            boolean isFirst = !seen.exists();
            seen.update(true);
            return isFirst && number / NUMBERS_OF_A_BATCH == time.getEpochSecond()
                    ? Optional.of(Pair.of(number, row.orElseThrow()))
                    : Optional.empty();
        });
    }
}
