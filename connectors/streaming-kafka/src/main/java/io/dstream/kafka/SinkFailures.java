package io.dstream.kafka;

import io.dstream.function.StreamingException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Tells failures of the surroundings from others, and says what they are. No message has anything of a record but its topic.
 *
 * <p>Immutable.
 */
final class SinkFailures {

    /** After which a transaction does not go on: somebody else has ended it, or the brokers have forgotten about it. */
    private static final List<Class<? extends KafkaException>> LOST = List.of(
            ProducerFencedException.class,
            InvalidProducerEpochException.class,
            InvalidPidMappingException.class,
            InvalidTxnStateException.class,
            OutOfOrderSequenceException.class,
            TransactionAbortableException.class);

    private final String output;
    private final String bootstrapServers;
    private final String transactionalId;

    SinkFailures(SinkContext context, String bootstrapServers, String transactionalId) {
        this.output = "Output '" + context.output() + "' of pipeline '" + context.pipeline() + "'";
        this.bootstrapServers = bootstrapServers;
        this.transactionalId = transactionalId;
    }

    /** The transaction was ended by others. Why is known by the key alone, so this is what it is unless the key says more. */
    static final class TransactionLostException extends SinkUnavailableException {

        private static final long serialVersionUID = 1L;

        TransactionLostException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The output, as a message begins. */
    String output() {
        return output;
    }

    /**
     * What to throw for a record that was not sent.
     *
     * @param failure what the producer has met
     */
    RuntimeException ofRecord(String topic, Throwable failure) {
        String what = "sending to topic '" + topic + "'";
        if (!(failure instanceof KafkaException) || failure instanceof SerializationException) {
            return new StreamingException(
                    output + " cannot send a record to topic '" + topic
                            + "': its serializers, partitioner or interceptors do not take it ("
                            + failure.getClass().getSimpleName() + ")",
                    failure);
        }
        if (find(failure, RecordTooLargeException.class).isPresent()
                || find(failure, RecordBatchTooLargeException.class).isPresent()) {
            return new StreamingException(
                    output + " cannot send a record to topic '" + topic
                            + "', it is too large: raise 'max.request.size' of the producers and 'max.message.bytes' of the"
                            + " topic, or write less",
                    failure);
        }
        return find(failure, UnknownTopicOrPartitionException.class).isPresent()
                ? missing(topic, failure)
                : of(what, failure);
    }

    /** A record is for a partition that its topic does not have. */
    StreamingException missingPartition(String topic, int partition, int partitions) {
        return new StreamingException(output + " cannot send a record to partition " + partition + " of topic '" + topic
                + "', which has " + partitions);
    }

    KafkaStreamException missing(String topic, Throwable failure) {
        return new KafkaStreamException(
                output + " cannot use topic '" + topic + "': it is not there, or not seen by this user",
                "Make it, correct its name, or give the user the right 'Describe' on it",
                failure);
    }

    /**
     * What to throw.
     *
     * @param what was tried, in the words of "committing a batch"
     * @param failure what it has met
     * @return of Kafka's failures for the surroundings a {@link SinkUnavailableException}; what is not Kafka's as it is
     */
    RuntimeException of(String what, Throwable failure) {
        if (failure instanceof StreamingException told) {
            return told;
        }
        Optional<KafkaException> told =
                find(failure, KafkaException.class).filter(found -> !(found instanceof InterruptException));
        if (told.isEmpty()) {
            return StreamingException.unchecked(failure);
        }
        KafkaException reason = StreamingException.causes(failure)
                .filter(KafkaException.class::isInstance)
                .map(KafkaException.class::cast)
                .reduce(told.get(), (outer, inner) -> inner); // the innermost tells most
        String message = output + ", " + what + ": " + reason.getMessage();
        if (LOST.stream().anyMatch(lost -> find(failure, lost).isPresent())) {
            return new TransactionLostException("The brokers have ended the transaction. " + message, failure);
        }
        if (find(failure, AuthorizationException.class).isPresent()
                || find(failure, AuthenticationException.class).isPresent()) {
            return new KafkaStreamException(
                    "Kafka at " + bootstrapServers + " refuses access. " + message,
                    "Give the user of the producers the rights to write to the topics, to read the one of the key, and to use"
                            + " the transactional id '" + transactionalId
                            + "' and the group of the same name, or correct who they are",
                    failure);
        }
        if (message.contains("transaction.max.timeout.ms")) { // the client tells it by its text alone
            return new KafkaStreamException(
                    "Kafka at " + bootstrapServers + " refuses the timeout of transactions. " + message,
                    "Lower 'transaction.timeout.ms' of the producers, or raise 'transaction.max.timeout.ms' of the brokers",
                    failure);
        }
        if (find(failure, InvalidTopicException.class).isPresent()) {
            return new KafkaStreamException(
                    "Kafka at " + bootstrapServers + " refuses the name of a topic. " + message, "Correct it", failure);
        }
        return find(failure, RetriableException.class).isPresent()
                ? new SinkUnavailableException("Kafka at " + bootstrapServers + " is away or busy. " + message, failure)
                : new StreamingException("Kafka at " + bootstrapServers + " has refused. " + message, failure);
    }

    private static <E extends Throwable> Optional<E> find(Throwable failure, Class<E> type) {
        return StreamingException.causes(failure)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
