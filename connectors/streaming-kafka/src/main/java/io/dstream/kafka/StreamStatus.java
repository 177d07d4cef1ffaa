package io.dstream.kafka;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How one run of a direct stream is, for people.
 *
 * <p>Thread-safe.
 */
final class StreamStatus {

    private final String pipeline;
    private final String input;
    private final String bootstrapServers;

    // Mutable state, each field on its own
    private final AtomicLong lostRecords = new AtomicLong();
    private final AtomicLong skippedRecords = new AtomicLong();
    private final AtomicLong deadLetters = new AtomicLong();
    private volatile Map<TopicPartition, Long> lag = Map.of();
    private volatile @Nullable String problem;
    private volatile @Nullable String commitProblem;

    StreamStatus(String pipeline, String input, String bootstrapServers) {
        this.pipeline = pipeline;
        this.input = input;
        this.bootstrapServers = bootstrapServers;
    }

    /** How people are told of the stream. */
    String name() {
        return "'" + input + "' of pipeline '" + pipeline + "'";
    }

    void reached(Map<TopicPartition, Long> newLag) {
        lag = Map.copyOf(newLag); // a copy of which costs nothing
        problem = null;
    }

    void away(Throwable failure) {
        problem = String.valueOf(failure.getMessage());
    }

    boolean isAway() {
        return problem != null;
    }

    void committed() {
        commitProblem = null;
    }

    /** Notes a failure; returns whether it is the first since offsets were committed. */
    boolean notCommitted(Throwable failure) {
        boolean first = commitProblem == null;
        commitProblem = failure.toString();
        return first;
    }

    void lost(long records) {
        lostRecords.addAndGet(records);
    }

    /** Counts a record that its batch goes on without. */
    void failed(boolean hasDeadLetter) {
        (hasDeadLetter ? deadLetters : skippedRecords).incrementAndGet();
    }

    DirectStreamInfo info() {
        return new DirectStreamInfo(
                pipeline,
                input,
                bootstrapServers,
                lag,
                lostRecords.get(),
                skippedRecords.get(),
                deadLetters.get(),
                problem,
                commitProblem);
    }
}
