package io.dstream.kafka;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Has headers read that the client reads when they are asked for. Until then each holds on to all bytes of the answer that it came in,
 * as long as its record is in a window, and a record that has it cannot be copied, as states are.
 */
final class ReadHeaders {

    private ReadHeaders() {}

    static void of(ConsumerRecord<?, ?> record) {
        for (Header header :
                record.headers().toArray()) { // an iterator would be made for each record, also without headers
            String unusedName = header.key();
            byte[] unusedValue = header.value();
        }
    }
}
