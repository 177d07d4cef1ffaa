package io.dstream.jdbc;

import io.dstream.input.Allocation;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.rdd.InputPartition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;

/** The numbers from 1 on, so many a batch: a source that can be read again, such as a topic. */
final class NumberSource implements InputSource<Long> {

    private static final String BEGIN = "begin"; // of the batch
    private static final String NEXT = "next";
    private static final int PER_BATCH = 100;

    private final long last;
    private final CountDownLatch done = new CountDownLatch(1);
    private final Map<Instant, Range> ranges = new ConcurrentHashMap<>(); // of batches that may be read

    // Mutable state, of the ticker
    private long next = 1;

    /**
     * @param last the last number that is given
     */
    NumberSource(long last) {
        this.last = last;
    }

    /** Waits until the batch with the last number is committed. */
    void awaitEnd() throws InterruptedException {
        done.await();
    }

    @Override
    public String kind() {
        return "numbers";
    }

    @Override
    public void start(InputContext context) {
        next = Long.parseLong(context.progress().positions().getOrDefault(NEXT, "1"));
        context.progress().batches().forEach((time, positions) -> {
            next = Long.parseLong(positions.get(NEXT));
            ranges.put(time, new Range(Long.parseLong(positions.get(BEGIN)), next));
        });
    }

    @Override
    public Allocation allocate(Instant batchTime) {
        Range range = new Range(next, Math.min(next + PER_BATCH, last + 1));
        ranges.put(batchTime, range);
        next = range.end();
        Map<String, String> positions = Map.of(BEGIN, Long.toString(range.begin()), NEXT, Long.toString(next));
        return new Allocation(range.end() - range.begin(), "", positions);
    }

    @Override
    public List<InputPartition<Long>> read(Instant batchTime) {
        Range range = ranges.get(batchTime);
        long middle = (range.begin() + range.end()) / 2;
        return List.of(partition(range.begin(), middle), partition(middle, range.end()));
    }

    private static InputPartition<Long> partition(long begin, long end) {
        return InputPartition.of(LongStream.range(begin, end).boxed().toList());
    }

    @Override
    public void commit(Instant batchTime) {
        Range range = ranges.get(batchTime);
        if (range != null && range.end() > last) {
            done.countDown();
        }
    }

    @Override
    public void release(Instant upTo) {
        ranges.keySet().removeIf(time -> !time.isAfter(upTo));
    }

    /**
     * @param begin the first number
     * @param end behind the last one
     */
    private record Range(long begin, long end) {}
}
