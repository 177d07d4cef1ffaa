package io.dstream.boot.autoconfigure;

import io.dstream.kafka.KafkaStreamException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells why a stream of Kafka topics cannot be read, and what to change. */
final class KafkaStreamFailureAnalyzer extends AbstractFailureAnalyzer<KafkaStreamException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, KafkaStreamException cause) {
        return new FailureAnalysis(cause.problem() + ".", cause.remedy() + ".", cause);
    }
}
