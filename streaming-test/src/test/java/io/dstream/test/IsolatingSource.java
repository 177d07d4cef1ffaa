package io.dstream.test;

import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.FailedRows;
import io.dstream.rdd.InputPartition;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Words that are taken out when their operators fail. An output may take them as dead letters; others are told by the source. */
final class IsolatingSource implements InputSource<String> {

    /** A word that this source cannot read. */
    static final String UNREADABLE = "?";

    private final Queue<List<InputPartition<String>>> pushed = new ConcurrentLinkedQueue<>();
    private final Map<Instant, List<InputPartition<String>>> batches = new ConcurrentHashMap<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger unfinished = new AtomicInteger(); // so many tasks more

    /** Puts words into the next batch, a partition for each. */
    void push(String... words) {
        pushed.add(List.of(words).stream()
                .<InputPartition<String>>map(word -> new Words(List.of(word)))
                .toList());
    }

    /** Puts words into one partition of the next batch. */
    void pushTogether(String... words) {
        pushed.add(List.of(new Words(List.of(words))));
    }

    /** The words of which the source has told itself, and no output. */
    List<String> told() {
        return told;
    }

    List<Throwable> failures() {
        return failures;
    }

    /** Lets tasks end without what was told in them. */
    void breakFor(int tasks) {
        unfinished.set(tasks);
    }

    @Override
    public String kind() {
        return "isolating";
    }

    @Override
    public void start(InputContext context) {}

    @Override
    public Allocation allocate(Instant batchTime) {
        List<InputPartition<String>> next = pushed.poll();
        batches.put(batchTime, next == null ? List.of() : next);
        return new Allocation(0, "");
    }

    @Override
    public List<InputPartition<String>> read(Instant batchTime) {
        return batches.getOrDefault(batchTime, List.of());
    }

    @SuppressWarnings("serial") // a process reads what it has itself
    private final class Words implements InputPartition<String> {

        private final List<String> words;

        Words(List<String> words) {
            this.words = words;
        }

        @Override
        public Iterator<String> open() {
            return words.iterator();
        }

        @Override
        public FailedRows<String> failedRows() {
            return new Taken();
        }
    }

    private final class Taken implements FailedRows<String> {

        private boolean hasTold;

        @Override
        public void requireReadable(String word) {
            if (word.equals(UNREADABLE)) {
                throw new IllegalArgumentException("no word");
            }
        }

        @Override
        public void takeOut(String word, Exception failure, @Nullable DeadLetterOutput output) throws Exception {
            failures.add(failure);
            if (output == null || !output.offer(word)) {
                told.add(word);
                hasTold = true;
            }
        }

        @Override
        public void finish() {
            if (hasTold && unfinished.getAndUpdate(tasks -> Math.max(0, tasks - 1)) > 0) {
                throw new IllegalStateException("cannot be told");
            }
        }
    }
}
