package io.dstream.test;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.OutputInfo;
import io.dstream.event.StreamingListener;
import io.dstream.input.InputSource;
import io.dstream.rdd.Pair;
import io.dstream.receiver.Receiver;
import io.dstream.receiver.ReceiverSource;
import io.dstream.storage.Codec;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A service that is killed: it receives numbers, acknowledges them, and saves each batch as a file; so it does with how many there were of
 * each remainder, and with their sum in a window. A process of its own, whose standard output tells how far it has come; the end of its
 * standard input stops it.
 */
final class KilledService {

    /** Where it can be told to wait for its end, or to tell that it passes. */
    static final List<String> STEPS = List.of(
            "before store",
            "before acknowledgement",
            "after acknowledgement",
            "before allocate",
            "after allocate",
            "batch submitted",
            "batch started",
            "output started",
            "file written",
            "file renamed",
            "output completed",
            "before commit",
            "after commit",
            "before release",
            "after release",
            "batch completed");

    /** Numbers are counted by the remainder of a division by it. */
    static final long DIVISOR = 7;

    static final Duration WINDOW = Duration.ofMillis(100);

    private static final Duration INTERVAL = Duration.ofMillis(20);

    private final Steps steps;
    private final Path saved;

    private KilledService(Steps steps, Path saved) {
        this.steps = steps;
        this.saved = saved;
    }

    /**
     * Runs until it is killed, or its standard input ends.
     *
     * @param arguments directory for checkpoints, directory for files, port of the sender, a step, at which of its occurrences, from
     *     1, that is told on the standard output, and whether it waits there
     */
    public static void main(String[] arguments) {
        System.out.println("ready");
        Steps steps = new Steps(arguments[3], Integer.parseInt(arguments[4]), Boolean.parseBoolean(arguments[5]));
        try {
            new KilledService(steps, Path.of(arguments[1])).run(Path.of(arguments[0]), Integer.parseInt(arguments[2]));
        } catch (Throwable failure) {
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0); // also if a thread waits at a step
    }

    private void run(Path checkpoints, int port) throws IOException {
        StreamingConfig config = StreamingConfig.defaults()
                .withBatchInterval(INTERVAL)
                .withParallelism(1)
                .withCheckpointDirectory(checkpoints)
                .withWriteAheadLog(true)
                .withObserver(steps);
        try (StreamingContext context = new StreamingContext(config)) {
            DStream<Long> numbers = context.inputStream(source(port, config));
            numbers.foreachRDD((rdd, time) -> save("numbers", time, rdd.collect()));
            numbers.mapToPair(number -> Pair.of(number % DIVISOR, number))
                    .<Long>updateStateByKey((values, count) -> Optional.of(count.orElse(0L) + values.size()))
                    .foreachRDD((rdd, time) -> save("counts", time, sorted(rdd.collect())));
            numbers.reduceByWindow(Long::sum, (sum, gone) -> sum - gone, WINDOW, INTERVAL)
                    .foreachRDD((rdd, time) -> save("sums", time, rdd.collect()));
            context.start();
            while (System.in.read() >= 0) {
                // only its end means something
            }
            context.stop(true, Duration.ofMinutes(1));
        }
    }

    /** A receiver's input that takes a step before and after each of its methods. */
    @SuppressWarnings("unchecked")
    private InputSource<Long> source(int port, StreamingConfig config) {
        InputSource<Long> source = new ReceiverSource<>(
                new NumberReceiver(port, steps),
                config.receiver(),
                config.storage().directory(),
                Codec.allowing(List.of()));
        return (InputSource<Long>) Proxy.newProxyInstance(
                InputSource.class.getClassLoader(), new Class<?>[] {InputSource.class}, (proxy, method, arguments) -> {
                    steps.reach("before " + method.getName());
                    try {
                        Object result = method.invoke(source, arguments);
                        steps.reach("after " + method.getName());
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    private static List<Pair<Long, Long>> sorted(List<Pair<Long, Long>> rows) {
        return rows.stream().sorted(Comparator.comparing(Pair::key)).toList();
    }

    /** The same batch has the same rows, however often it is run. */
    private void save(String output, Instant time, List<?> rows) throws IOException {
        Path file = saved.resolve(output).resolve(String.format("%016d", time.toEpochMilli()));
        String text = rows.toString();
        if (Files.exists(file) && !Files.readString(file).equals(text)) {
            System.out.println(
                    output + " of batch " + time + " had " + Files.readString(file) + " and has now " + text);
            Runtime.getRuntime().halt(1);
        }
        if (!rows.isEmpty()) {
            Path temporary = saved.resolve("temporary");
            Files.writeString(temporary, text);
            steps.reach("file written");
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            steps.reach("file renamed");
        }
    }

    /** Tells of a step, and waits there for the end of the process, or goes on. */
    private static final class Steps implements StreamingListener {

        private final String told;
        private final AtomicInteger left;
        private final boolean waits;

        Steps(String told, int occurrence, boolean waits) {
            this.told = told;
            this.left = new AtomicInteger(occurrence);
            this.waits = waits;
        }

        void reach(String step) {
            if (step.equals(told) && left.decrementAndGet() == 0) {
                System.out.println("at " + step);
                if (waits) {
                    waitForTheEnd();
                }
            }
        }

        private static void waitForTheEnd() {
            while (true) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException ignored) {
                    // only a kill ends it
                }
            }
        }

        @Override
        public void onBatchSubmitted(BatchInfo batch) {
            reach("batch submitted");
        }

        @Override
        public void onBatchStarted(BatchInfo batch) {
            reach("batch started");
        }

        @Override
        public void onBatchCompleted(BatchInfo batch) {
            reach("batch completed");
        }

        @Override
        public void onOutputOperationStarted(BatchInfo batch, OutputInfo output) {
            reach("output started");
        }

        @Override
        public void onOutputOperationCompleted(BatchInfo batch, OutputInfo output) {
            reach("output completed");
        }
    }

    /** Stores the numbers that are there together, and acknowledges the last of them. */
    private static final class NumberReceiver extends Receiver<Long> {

        private final int port;
        private final Steps steps;

        // Mutable state
        private volatile @Nullable Socket socket;

        NumberReceiver(int port, Steps steps) {
            this.port = port;
            this.steps = steps;
        }

        @Override
        protected void onStart() throws Exception {
            try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket = connection;
                DataInputStream in = new DataInputStream(connection.getInputStream());
                DataOutputStream out = new DataOutputStream(connection.getOutputStream());
                while (!isStopped()) {
                    List<Long> numbers = read(in);
                    steps.reach("before store");
                    store(numbers);
                    steps.reach("before acknowledgement");
                    out.writeLong(numbers.get(numbers.size() - 1));
                    steps.reach("after acknowledgement");
                }
            } catch (IOException failure) {
                if (!isStopped()) {
                    throw failure;
                }
            }
        }

        @Override
        protected void onStop() throws IOException {
            Socket connection = socket;
            if (connection != null) {
                connection.close();
            }
        }

        private static List<Long> read(DataInputStream in) throws IOException {
            List<Long> numbers = new ArrayList<>();
            do {
                numbers.add(in.readLong());
            } while (in.available() >= Long.BYTES);
            return numbers;
        }
    }
}
