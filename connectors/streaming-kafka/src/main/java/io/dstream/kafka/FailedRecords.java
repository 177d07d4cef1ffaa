package io.dstream.kafka;

import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.FailedRows;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The records of a range that fail in one task.
 *
 * <p>Used by the thread of the task.
 */
final class FailedRecords<K, V> implements FailedRows<ConsumerRecord<K, V>> {

    private static final int MAX_UNDER_WAY = 1_000; // letters that a task holds

    private final RecordFailures policy;
    private final MetRecords met;

    // Mutable state
    private final Deque<Sent> underWay = new ArrayDeque<>();

    /**
     * @param met those that have failed in the batch, in this task or others
     */
    FailedRecords(RecordFailures policy, MetRecords met) {
        this.policy = policy;
        this.met = met;
    }

    @Override
    public void requireReadable(ConsumerRecord<K, V> record) throws Exception {
        if (record instanceof UnreadableRecord<K, V> unreadable) {
            throw unreadable.failure();
        }
    }

    @Override
    public void takeOut(ConsumerRecord<K, V> record, Exception failure, @Nullable DeadLetterOutput output)
            throws Exception {
        if (policy.isAway(failure)) {
            throw failure;
        }
        DeadLetters deadLetters = policy.deadLetters();
        if (deadLetters != null && !(output == null && met.isSent(record.offset()))) {
            DeadLetter letter = deadLetters.letter(record, failure);
            if (output == null || !output.offer(letter)) {
                send(letter, record.offset(), deadLetters);
            }
        }
        if (met.add(record.offset())) {
            policy.note(record, failure);
        }
    }

    private void send(DeadLetter letter, long offset, DeadLetters deadLetters) throws InterruptedException {
        if (met.isSent(offset)) {
            return;
        }
        if (underWay.size() >= MAX_UNDER_WAY) {
            await(underWay.remove(), deadLetters);
        }
        underWay.add(new Sent(offset, deadLetters.send(letter)));
    }

    private void await(Sent sent, DeadLetters deadLetters) throws InterruptedException {
        deadLetters.await(sent.answer());
        met.sent(sent.offset());
    }

    @Override
    public void finish() throws Exception {
        DeadLetters deadLetters = policy.deadLetters();
        while (deadLetters != null && !underWay.isEmpty()) {
            await(underWay.remove(), deadLetters);
        }
    }

    private record Sent(long offset, Future<RecordMetadata> answer) {}
}
