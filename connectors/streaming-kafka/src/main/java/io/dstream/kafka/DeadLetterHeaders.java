package io.dstream.kafka;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.RecordDeserializationException;
import org.apache.kafka.common.errors.RecordDeserializationException.DeserializationExceptionOrigin;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.springframework.kafka.support.KafkaHeaders;

/**
 * The headers of a dead letter: those of the record, where it comes from, and what it has failed of. Names and formats are those of
 * Spring's {@code DeadLetterPublishingRecoverer}: texts in UTF-8, numbers with the highest byte first.
 */
final class DeadLetterHeaders {

    private static final int MAX_MESSAGE = 2_000; // characters
    private static final int MAX_STACK_TRACE = 10_000;

    private static final List<String> OF_FAILURES = List.of(
            KafkaHeaders.DLT_EXCEPTION_FQCN,
            KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN,
            KafkaHeaders.DLT_EXCEPTION_MESSAGE,
            KafkaHeaders.DLT_EXCEPTION_STACKTRACE,
            KafkaHeaders.DLT_KEY_EXCEPTION_FQCN,
            KafkaHeaders.DLT_KEY_EXCEPTION_MESSAGE,
            KafkaHeaders.DLT_KEY_EXCEPTION_STACKTRACE);

    private DeadLetterHeaders() {}

    /**
     * @param group of the consumers; empty if they have none
     */
    static Headers of(ConsumerRecord<?, ?> record, Exception failure, Optional<String> group) {
        RecordHeaders headers = new RecordHeaders();
        for (Header header : record.headers()) {
            headers.add(header.key(), header.value());
        }
        addOrigin(headers, record, group);
        addFailure(headers, failure);
        return headers;
    }

    /** A record that was a dead letter before keeps what is told of its way. */
    private static void addOrigin(Headers headers, ConsumerRecord<?, ?> record, Optional<String> group) {
        headers.add(KafkaHeaders.DLT_ORIGINAL_TOPIC, bytes(record.topic()));
        headers.add(KafkaHeaders.DLT_ORIGINAL_PARTITION, bytes(record.partition()));
        headers.add(KafkaHeaders.DLT_ORIGINAL_OFFSET, bytes(record.offset()));
        headers.add(KafkaHeaders.DLT_ORIGINAL_TIMESTAMP, bytes(record.timestamp()));
        headers.add(
                KafkaHeaders.DLT_ORIGINAL_TIMESTAMP_TYPE,
                bytes(record.timestampType().toString()));
        group.ifPresent(id -> headers.add(KafkaHeaders.DLT_ORIGINAL_CONSUMER_GROUP, bytes(id)));
    }

    /** In place of what was told of an earlier one. */
    private static void addFailure(Headers headers, Exception failure) {
        OF_FAILURES.forEach(headers::remove);
        boolean ofKey = failure instanceof RecordDeserializationException unreadable
                && unreadable.origin() == DeserializationExceptionOrigin.KEY;
        add(
                headers,
                ofKey ? KafkaHeaders.DLT_KEY_EXCEPTION_FQCN : KafkaHeaders.DLT_EXCEPTION_FQCN,
                failure.getClass().getName());
        if (failure.getCause() != null) {
            add(
                    headers,
                    KafkaHeaders.DLT_EXCEPTION_CAUSE_FQCN,
                    failure.getCause().getClass().getName());
        }
        if (failure.getMessage() != null) {
            add(
                    headers,
                    ofKey ? KafkaHeaders.DLT_KEY_EXCEPTION_MESSAGE : KafkaHeaders.DLT_EXCEPTION_MESSAGE,
                    cut(failure.getMessage(), MAX_MESSAGE));
        }
        add(
                headers,
                ofKey ? KafkaHeaders.DLT_KEY_EXCEPTION_STACKTRACE : KafkaHeaders.DLT_EXCEPTION_STACKTRACE,
                cut(stackTrace(failure), MAX_STACK_TRACE));
    }

    private static void add(Headers headers, String name, String text) {
        headers.add(name, bytes(text));
    }

    private static String stackTrace(Exception failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String cut(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }
}
