package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.receiver.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Records are stored one by one, by two threads, and counted. A unit is a million records of each thread. */
final class Stores {

    private static final int PER_UNIT = 1_000_000;
    private static final String RECORD = "x".repeat(99);
    private static final int SWAP_MILLIS = 200;

    private Stores() {}

    static Workload engine() {
        return units -> {
            AtomicLong counted = new AtomicLong();
            StoringReceiver receiver = new StoringReceiver((long) units * PER_UNIT);
            StreamingConfig config = StreamingConfig.defaults()
                    .withParallelism(Pipeline.THREADS)
                    .withMaxRecordsPerBatch(Integer.MAX_VALUE); // the cost of a store is asked for, not that of a wait
            config = config.withReceiver(config.receiver().withMaxMemory(Long.MAX_VALUE));
            try (StreamingContext context = new StreamingContext(config)) {
                context.receiverStream(receiver).foreachRDD(rdd -> counted.addAndGet(rdd.count()));
                context.start();
                receiver.done.await();
                context.stop();
            }
            Workload.check("records", counted.get(), (long) units * PER_UNIT * Pipeline.THREADS);
        };
    }

    static Workload plain() {
        return units -> {
            long counted = 0;
            Lists lists = new Lists();
            CountDownLatch done = new CountDownLatch(Pipeline.THREADS);
            for (int i = 0; i < Pipeline.THREADS; i++) {
                new Thread(() -> {
                            for (long record = (long) units * PER_UNIT; record > 0; record--) {
                                lists.add(RECORD);
                            }
                            done.countDown();
                        })
                        .start();
            }
            while (done.getCount() > 0) {
                Thread.sleep(SWAP_MILLIS);
                counted += lists.swap().size();
            }
            counted += lists.swap().size();
            Workload.check("records", counted, (long) units * PER_UNIT * Pipeline.THREADS);
        };
    }

    /** What the engine is compared with. */
    private static final class Lists {

        private List<String> list = new ArrayList<>();

        synchronized void add(String record) {
            list.add(record);
        }

        synchronized List<String> swap() {
            List<String> full = list;
            list = new ArrayList<>();
            return full;
        }
    }

    /** Stores on two threads. */
    private static final class StoringReceiver extends Receiver<String> {

        private final long records;
        private final CountDownLatch done = new CountDownLatch(Pipeline.THREADS);

        StoringReceiver(long records) {
            this.records = records;
        }

        @Override
        protected void onStart() {
            for (int i = 0; i < Pipeline.THREADS; i++) {
                new Thread(this::storeAll).start();
            }
        }

        private void storeAll() {
            try {
                for (long record = records; record > 0; record--) {
                    store(RECORD);
                }
                done.countDown();
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        protected void onStop() {}
    }
}
