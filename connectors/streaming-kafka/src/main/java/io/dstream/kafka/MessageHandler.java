package io.dstream.kafka;

import io.dstream.function.Function;
import io.dstream.function.StreamingException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes rows by a function of the program's, record by record, and tells for which one it has failed.
 *
 * @param function makes a row of a record
 */
record MessageHandler<K, V, R>(Function<ConsumerRecord<K, V>, R> function) implements RowMaker<K, V, R> {

    @Override
    public List<R> rowsOf(List<ConsumerRecord<K, V>> records, BooleanSupplier isUnwanted) {
        List<R> rows = new ArrayList<>(records.size());
        for (ConsumerRecord<K, V> record : records) {
            if (isUnwanted.getAsBoolean()) {
                return rows;
            }
            rows.add(rowOf(record));
        }
        return rows;
    }

    private R rowOf(ConsumerRecord<K, V> record) {
        try {
            return function.call(record);
        } catch (Exception | Error failure) {
            throw new StreamingException(
                    "The message handler has failed for the record of " + record.topic() + "-" + record.partition()
                            + " at offset " + record.offset() + ": " + failure,
                    failure);
        }
    }
}
