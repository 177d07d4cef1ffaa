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
 *
 * @param <R> type of the records
 */
final class FailedRecords<R> implements FailedRows<R> {

    private static final int MAX_UNDER_WAY = 1_000; // letters that a task holds

    private final RecordFailures policy;
    private final MetRecords met;

    // Mutable state
    private final Deque<Future<RecordMetadata>> underWay = new ArrayDeque<>();

    /**
     * @param met those that have failed in the batch, in this task or others
     */
    FailedRecords(RecordFailures policy, MetRecords met) {
        this.policy = policy;
        this.met = met;
    }

    @Override
    public void requireReadable(R row) throws Exception {
        if (row instanceof UnreadableRecord<?, ?> unreadable) {
            throw unreadable.failure();
        }
    }

    @Override
    public void takeOut(R row, Exception failure, @Nullable DeadLetterOutput output) throws Exception {
        ConsumerRecord<?, ?> record = (ConsumerRecord<?, ?>) row; // as DirectStreamSource.onError requires
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
        awaitAllBut(MAX_UNDER_WAY - 1, deadLetters);
        underWay.add(deadLetters.send(letter, () -> met.sent(offset)));
    }

    @Override
    public void finish() throws Exception {
        DeadLetters deadLetters = policy.deadLetters();
        if (deadLetters != null) {
            awaitAllBut(0, deadLetters);
        }
    }

    /** Behind one that has failed for all, so that it is known which were sent when the batch is tried again. */
    private void awaitAllBut(int some, DeadLetters deadLetters) throws InterruptedException {
        RuntimeException failure = null;
        while (underWay.size() > some || (failure != null && !underWay.isEmpty())) {
            try {
                deadLetters.await(underWay.remove());
            } catch (RuntimeException oneFailed) {
                failure = failure == null ? oneFailed : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
