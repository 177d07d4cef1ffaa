package io.dstream.kafka;

import io.dstream.function.Function;
import io.dstream.function.Functions;
import io.dstream.function.StreamingException;
import io.dstream.kafka.SinkFailures.TransactionLostException;
import io.dstream.output.SinkConflictException;
import io.dstream.output.SinkUnavailableException;
import io.dstream.output.SinkWriter;
import io.dstream.rdd.RDD;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Writes the batches of one output in one run, each in a transaction of its own.
 *
 * <p>Kafka tells a producer that it was overtaken, and one whose transaction took too long, by the same failures. So the key has the name of
 * the run that owns the output, which is written there as soon as the run has fenced the others. A producer that has failed is given up,
 * and the next attempt makes another one; it fences nobody unless the key says that the output is still its own, and looks again when it
 * has, because what it has waited for may have changed the key. The same look tells whether a commit without an answer was done.
 *
 * <p>Used by the batch thread, but for its opening.
 */
final class KafkaWriter<T, K, V> implements SinkWriter<T> {

    /** When the key is written again if no batch has done so; brokers forget it after days. */
    private static final Duration KEY_AGE = Duration.ofDays(1);

    private final SinkClients<K, V> clients;
    private final BatchKeys keys;
    private final Function<? super T, ? extends ProducerRecord<K, V>> record;
    private final SinkFailures failures;
    private final String owner = UUID.randomUUID().toString();

    // Mutable state
    private @Nullable Producer<K, V> producer; // null: given up
    private @Nullable Instant lastBatch; // when it was opened
    private @Nullable Instant written; // the last batch that is known to be
    private Instant keyTime = Instant.MIN; // when the key was written last
    private volatile @Nullable SinkTransaction<K, V> open; // of the batch that is written, for threads that compute it

    private KafkaWriter(
            SinkClients<K, V> clients, String keyTopic, Function<? super T, ? extends ProducerRecord<K, V>> record) {
        this.clients = clients;
        this.failures = new SinkFailures(clients.context(), clients.bootstrapServers(), clients.transactionalId());
        this.keys = new BatchKeys(clients.transactionalId(), keyTopic, failures);
        this.record = record;
    }

    /**
     * Takes the output over.
     *
     * @throws SinkUnavailableException if the brokers are away
     * @throws KafkaStreamException if they refuse, or the topic is missing
     */
    static <T, K, V> KafkaWriter<T, K, V> open(
            SinkClients<K, V> clients, String keyTopic, Function<? super T, ? extends ProducerRecord<K, V>> record) {
        clients.warnOfOverrides();
        KafkaWriter<T, K, V> writer = new KafkaWriter<>(clients, keyTopic, record);
        try (Admin admin = clients.admin()) {
            writer.takeOver(admin, true);
        }
        writer.lastBatch = writer.written;
        return writer;
    }

    @Override
    public @Nullable Instant lastBatchTime() {
        return lastBatch;
    }

    @Override
    public void write(RDD<T> rdd, Instant batchTime) throws Exception {
        Producer<K, V> current = current();
        if (isWritten(batchTime)) {
            return;
        }
        SinkTransaction<K, V> transaction =
                new SinkTransaction<>(current, failures, clients.context().clock());
        open = transaction;
        try {
            send(rdd, batchTime, transaction);
        } catch (Exception thrown) {
            RuntimeException failure = transaction.failure();
            throw failure == null ? thrown : judged(failure, transaction);
        } finally {
            open = null;
        }
        if (transaction.hasBegun()) {
            keyTime = clients.context().clock().now();
        }
        written = batchTime;
    }

    /** Takes those for the brokers of this output; other ones cannot be in its transaction. */
    @Override
    public boolean offerDeadLetter(Object letter) {
        SinkTransaction<K, V> transaction = open;
        if (transaction == null
                || !(letter instanceof DeadLetter dead)
                || !dead.bootstrapServers().equals(clients.bootstrapServers())) {
            return false;
        }
        transaction.send(dead.forSerializers());
        return true;
    }

    private void send(RDD<T> rdd, Instant batchTime, SinkTransaction<K, V> transaction) {
        boolean committed = false;
        try {
            rdd.foreachPartition(rows -> send(rows, transaction));
            transaction.commit(keys.group(), keys.offsets(new BatchKey(owner, batchTime)));
            committed = true;
        } finally {
            if (!committed && !transaction.abort()) {
                giveUp();
            }
        }
    }

    private boolean isWritten(Instant batchTime) {
        if (written != null && written.isAfter(batchTime)) {
            throw new SinkConflictException(failures.output() + " has batches up to " + written + ", so batch "
                    + batchTime
                    + " must not be written: nobody knows whether it was. It is of a checkpoint directory that"
                    + " is older than the topics; start with the directory that belongs to them, or with an empty one, which"
                    + " begins after " + written);
        }
        return batchTime.equals(written);
    }

    private void send(Iterator<T> rows, SinkTransaction<K, V> transaction) {
        rows.forEachRemaining(row -> transaction.send(record(row)));
    }

    private ProducerRecord<K, V> record(T row) {
        try {
            @Nullable ProducerRecord<K, V> made = record.call(row);
            return Functions.requireReturned(clients.context().output(), "a record", made);
        } catch (Exception userFailure) {
            throw StreamingException.unchecked(userFailure);
        }
    }

    /** Of a transaction that was lost the key tells why. */
    private RuntimeException judged(RuntimeException failure, SinkTransaction<K, V> transaction) {
        if (!(failure instanceof TransactionLostException)) {
            return failure;
        }
        try (Admin admin = clients.admin()) {
            requireOwned(keys.committed(admin));
        } catch (SinkUnavailableException | SinkConflictException more) {
            more.addSuppressed(failure);
            return more;
        }
        if (transaction.age().compareTo(clients.transactionTimeout()) < 0) {
            return failure; // whatever it was, the batch may be tried again
        }
        return new StreamingException(
                failures.output() + " has not ended its transaction within 'transaction.timeout.ms', "
                        + clients.transactionTimeout().toMillis()
                        + " ms, so the brokers have undone it. Make batches smaller, or raise that timeout of the producers",
                failure);
    }

    private Producer<K, V> current() {
        Instant now = clients.context().clock().now();
        if (producer != null && Duration.between(keyTime, now).compareTo(KEY_AGE) >= 0) {
            giveUp(); // another one writes the key
        }
        return producer == null ? reopen() : producer;
    }

    private Producer<K, V> reopen() {
        try (Admin admin = clients.admin()) {
            requireOwned(keys.committed(admin));
            return takeOver(admin, false);
        }
    }

    /**
     * Fences all other producers of the output, waits for what they have left, and writes the name of this run into the key, also where a
     * run with another topic has it.
     *
     * @param first whether the output may have belonged to another run
     */
    private Producer<K, V> takeOver(Admin admin, boolean first) {
        Producer<K, V> opened = clients.producer();
        try {
            requireTopic(opened, admin);
            opened.initTransactions();
            Map<TopicPartition, BatchKey> found = keys.settled(admin);
            if (!first) {
                requireOwned(found);
            }
            Instant last = found.values().stream()
                    .flatMap(key -> Stream.ofNullable(key.lastBatch()))
                    .max(Comparator.naturalOrder())
                    .orElse(written);
            claim(opened, keys.offsets(new BatchKey(owner, last), found.keySet()));
            keyTime = clients.context().clock().now();
            written = last;
            producer = opened;
            return opened;
        } catch (RuntimeException failure) {
            clients.close(opened);
            throw failures.of("opening", failure);
        }
    }

    private void requireTopic(Producer<K, V> opened, Admin admin) {
        if (keys.hasTopic(admin)) {
            return;
        }
        try {
            opened.partitionsFor(keys.topic()); // which has brokers make it that do so
        } catch (TimeoutException missing) {
            if (!keys.hasTopic(admin)) { // else, or if that fails, the brokers were away
                throw failures.missing(keys.topic(), missing);
            }
        }
    }

    private void claim(Producer<K, V> opened, Map<TopicPartition, OffsetAndMetadata> key) {
        opened.beginTransaction();
        opened.sendOffsetsToTransaction(key, keys.group());
        opened.commitTransaction();
    }

    /** A key that is gone may have been that of another run. */
    private void requireOwned(Map<TopicPartition, BatchKey> found) {
        if (found.values().stream().anyMatch(key -> !key.owner().equals(owner))) {
            throw new SinkConflictException(failures.output()
                    + " belongs to an instance that was started later. This one writes nothing more; stop it, or start it"
                    + " again to take the output back");
        }
        if (!keys.hasKey(found)) {
            throw new SinkConflictException(failures.output() + " has lost its key: somebody has removed topic '"
                    + keys.topic() + "' or the offsets of group '" + clients.transactionalId()
                    + "', or the brokers have forgotten them, so nobody knows which batches are written. Start the"
                    + " pipeline again");
        }
    }

    private void giveUp() {
        Producer<K, V> old = producer;
        if (old != null) {
            producer = null;
            clients.close(old);
        }
    }

    @Override
    public void close() {
        giveUp();
    }
}
