package io.dstream.test;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.QueueSource;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.receiver.ReceiverSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a pipeline in one life of its process: some read their rows again by the batch time, some receive them, and some
 * take them out of a queue. Each step of them may be the last one.
 */
final class CrashedInputs implements GoldenProgram.Sources {

    private final StreamingContext context;
    private final CrashedPipeline pipeline;
    private final Crashes crashes;
    private final SplittableRandom random;
    private final List<Sender<?>> senders = new ArrayList<>();

    // Mutable state, of the ticker thread
    private Crashes.@Nullable End blocks; // before an allocation

    // Mutable state, of the batch thread
    private Crashes.@Nullable End batches; // before a commit

    CrashedInputs(StreamingContext context, CrashedPipeline pipeline, Crashes crashes, SplittableRandom random) {
        this.context = context;
        this.pipeline = pipeline;
        this.crashes = crashes;
        this.random = random;
    }

    @Override
    public <T> DStream<T> of(List<List<T>> rows) {
        int place = senders.size();
        NumberedRows<T> numbered = pipeline.sent(place, rows);
        Sender<T> sender =
                switch (pipeline.kindOf(place)) {
                    case READ_AGAIN -> new Reading<>(numbered);
                    case RECEIVER -> new Receiving<>(numbered);
                    case QUEUE -> new Queueing<>(numbered);
                };
        senders.add(sender);
        DStream<Pair<Long, T>> stream =
                context.inputStream(WatchedSource.of(sender.source(), (step, time) -> reach(sender, step, time)));
        DStream<Pair<Long, T>> once =
                stream.mapToPair(row -> row).mapWithState(NumberedRows.once()).map(row -> row);
        once.foreachRDD((rdd, time) -> see(place, rdd, time));
        return once.map(Pair::value);
    }

    /** Sends what was not acknowledged of a batch, until the process is dead. */
    void send(int batch) throws InterruptedException {
        for (Sender<?> sender : senders) {
            if (!crashes.isDead()) {
                sender.send(batch);
            }
        }
    }

    private void reach(Sender<?> sender, String step, Instant time) {
        int batch = (int) Math.max(0, time.getEpochSecond());
        switch (step) {
            case "before allocate" -> {
                blocks = crashes.end(context.name(), ".wal");
                crashes.step();
            }
            case "after allocate" -> {
                if (crashes.stepAfter(blocks)) {
                    sender.allocated(batch);
                }
            }
            case "before read" -> working(batch);
            case "before commit" -> committed(batch);
            case "before release", "after release" -> crashes.step();
            default -> {} // nothing is written by it
        }
    }

    /** A step of a batch while it runs; so its allocation is safe. */
    void working(int batch) {
        if (!crashes.isDead()) {
            pipeline.acknowledge(batch);
        }
        batches = crashes.end(context.name(), ".seg");
        crashes.step();
    }

    private void see(int place, RDD<? extends Pair<Long, ?>> rows, Instant time) {
        int batch = (int) time.getEpochSecond();
        working(batch);
        List<Long> numbers = rows.map(Pair::key).collect().stream().sorted().toList();
        if (!crashes.isDead()) {
            pipeline.took(place, batch, numbers);
        }
    }

    private void committed(int batch) {
        if (batches == null) {
            crashes.step(); // this batch is told to another input, or once more to this one
        } else if (crashes.stepAfter(batches)) {
            pipeline.commit(batch);
        }
        batches = null;
    }

    /** How an input gets its rows. */
    enum Kind {
        READ_AGAIN,
        RECEIVER,
        QUEUE
    }

    /** Brings rows to an input. */
    private interface Sender<T> {

        InputSource<Pair<Long, T>> source();

        default void send(int batch) throws InterruptedException {}

        /** The input has taken what there was for a batch. */
        default void allocated(int batch) {}
    }

    private final class Receiving<T> implements Sender<T> {

        private final NumberedRows<T> rows;
        private final TestReceiver<Pair<Long, T>> receiver = new TestReceiver<>();

        Receiving(NumberedRows<T> rows) {
            this.rows = rows;
        }

        @Override
        public InputSource<Pair<Long, T>> source() {
            StreamingConfig config = context.config();
            return new ReceiverSource<>(
                    receiver, config.receiver(), config.storage().directory(), CrashedPipeline.CODEC);
        }

        @Override
        public void send(int batch) throws InterruptedException {
            receiver.awaitStarted();
            List<Pair<Long, T>> left = rows.pending(batch);
            while (!left.isEmpty() && !crashes.isDead()) {
                int count = random.nextInt(1, left.size() + 1);
                store(left.subList(0, count));
                left = left.subList(count, left.size());
            }
        }

        /** Rows that are stored together are acknowledged, and with them those before; others by the batch. */
        private void store(List<Pair<Long, T>> some) throws InterruptedException {
            if (random.nextBoolean()) {
                for (Pair<Long, T> row : some) {
                    receiver.put(row);
                }
                return;
            }
            Crashes.End before = crashes.end(context.name(), ".wal");
            receiver.putTogether(some);
            crashes.stepAfter(before);
            if (!crashes.isDead()) {
                rows.acknowledge(some.get(some.size() - 1).key());
            }
        }
    }

    private final class Queueing<T> implements Sender<T> {

        private final NumberedRows<T> rows;
        private final Queue<RDD<Pair<Long, T>>> queue = new ConcurrentLinkedQueue<>();

        Queueing(NumberedRows<T> rows) {
            this.rows = rows;
        }

        @Override
        public InputSource<Pair<Long, T>> source() {
            return new QueueSource<>(queue, false);
        }

        @Override
        public void send(int batch) {
            List<Pair<Long, T>> all = rows.pending(batch);
            int middle = all.size() / 2;
            queue.add(context.parallelize(all.subList(0, middle), 1 + random.nextInt(2)));
            queue.add(context.parallelize(all.subList(middle, all.size())));
        }

        @Override
        public void allocated(int batch) {
            rows.acknowledgeBatch(batch);
        }
    }

    /** Has its rows by the batch time, in seconds, so that it can read them again. */
    private record Reading<T>(NumberedRows<T> rows) implements Sender<T>, InputSource<Pair<Long, T>> {

        @Override
        public InputSource<Pair<Long, T>> source() {
            return this;
        }

        @Override
        public String kind() {
            return "given";
        }

        @Override
        public void start(InputContext context) {}

        @Override
        public Allocation allocate(Instant batchTime) {
            return new Allocation(rowsOf(batchTime).size(), "");
        }

        @Override
        public List<InputPartition<Pair<Long, T>>> read(Instant batchTime) {
            List<Pair<Long, T>> all = rowsOf(batchTime);
            int middle = all.size() / 2;
            return List.of(
                    InputPartition.of(all.subList(0, middle)), InputPartition.of(all.subList(middle, all.size())));
        }

        private List<Pair<Long, T>> rowsOf(Instant batchTime) {
            return rows.all((int) batchTime.getEpochSecond());
        }
    }
}
