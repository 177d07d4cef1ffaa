package io.dstream.kafka;

import io.dstream.function.StreamingException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes the rows of a stream, on the thread of its {@link Fetcher}.
 *
 * @param <R> type of the rows
 */
@FunctionalInterface
interface RowMaker<K, V, R> {

    /**
     * Makes the rows of some records.
     *
     * @param records of one partition, in the order of their offsets, at least one
     * @param isUnwanted whether nobody waits for the rows any more: then those that are not made yet may be left out
     * @return a row for each, in the same order; may be the records themselves, and does not outlive the call
     * @throws StreamingException if a row cannot be made
     */
    List<R> rowsOf(List<ConsumerRecord<K, V>> records, BooleanSupplier isUnwanted);
}
