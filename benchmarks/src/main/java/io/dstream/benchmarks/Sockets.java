package io.dstream.benchmarks;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/** Lines of 100 bytes from another process are counted. A unit is a million lines. */
final class Sockets {

    private static final int PER_UNIT = 1_000_000;
    private static final int HAND_OVER_NANOS = 200_000_000;
    private static final int LOOKS_AT_CLOCK = 1_000; // lines between

    private Sockets() {}

    static Workload engine() {
        return units -> count(units, StreamingConfig.defaults());
    }

    /** The seconds until all lines are counted, where the receiver waits for nothing but the log. */
    static double seconds(int units, boolean logged) throws Exception {
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(Duration.ofMillis(200))
                .withMaxRecordsPerBatch(Integer.MAX_VALUE)
                .withCheckpointDirectory(Logs.temporaryDirectory())
                .withWriteAheadLog(logged);
        config = config.withReceiver(
                config.receiver().withMaxMemory(Runtime.getRuntime().maxMemory()));
        long start = System.nanoTime();
        count(units, config);
        return (System.nanoTime() - start) / 1e9;
    }

    private static void count(int units, StreamingConfig config) throws Exception {
        AtomicLong counted = new AtomicLong();
        long lines = (long) units * PER_UNIT;
        try (LoadGenerator generator = LoadGenerator.ofLines(lines);
                StreamingContext context = new StreamingContext(config.withParallelism(Pipeline.THREADS))) {
            context.socketTextStream("localhost", generator.port()).foreachRDD(rdd -> counted.addAndGet(rdd.count()));
            context.start();
            generator.sent();
            Workload.await("lines", counted::get, lines);
        }
        Workload.check("lines", counted.get(), lines);
    }

    static Workload plain() {
        return units -> {
            long lines = (long) units * PER_UNIT;
            AtomicLong counted = new AtomicLong();
            BlockingQueue<Optional<List<String>>> lists = new LinkedBlockingQueue<>();
            Thread counting = new Thread(() -> count(lists, counted));
            counting.start();
            try (LoadGenerator generator = LoadGenerator.ofLines(lines);
                    Socket socket = new Socket(InetAddress.getLoopbackAddress(), generator.port())) {
                read(socket, lists);
            }
            counting.join();
            Workload.check("lines", counted.get(), lines);
        };
    }

    private static void read(Socket socket, BlockingQueue<Optional<List<String>>> lists)
            throws IOException, InterruptedException {
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        List<String> list = new ArrayList<>();
        long handedOver = System.nanoTime();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            list.add(line);
            if (list.size() % LOOKS_AT_CLOCK == 0 && System.nanoTime() - handedOver > HAND_OVER_NANOS) {
                lists.put(Optional.of(list));
                list = new ArrayList<>();
                handedOver = System.nanoTime();
            }
        }
        lists.put(Optional.of(list));
        lists.put(Optional.empty());
    }

    private static void count(BlockingQueue<Optional<List<String>>> lists, AtomicLong counted) {
        try {
            for (var next = lists.take(); next.isPresent(); next = lists.take()) {
                counted.addAndGet(next.get().size());
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }
}
