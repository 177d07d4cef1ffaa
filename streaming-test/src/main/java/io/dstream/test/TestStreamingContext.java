package io.dstream.test;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.time.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A streaming context on a clock moved by hand: define streams on {@link #context()}, push rows, run batches one by one and
 * read what they put out.
 *
 * <pre>{@code
 * try (TestStreamingContext test = new TestStreamingContext()) {
 *     TestInput<String> lines = test.input();
 *     TestOutput<String> words = test.output(lines.stream().flatMap(WordCount::split));
 *     lines.push("to be", "or not");
 *     test.runBatch();
 *     assertThat(words.last()).containsExactlyInAnyOrder("to", "be", "or", "not");
 * }
 * }</pre>
 *
 * <p>A definition that reads a network and prints is tested as it is: rows are fed in place of an input, and looked at where
 * an output reads them, both by their ids.
 *
 * <pre>{@code
 * new WordCount("localhost", 9999).define(test.context());
 * TestInput<String> lines = test.input("socket-0");
 * TestOutput<Pair<String, Integer>> counts = test.output("print-0");
 * }</pre>
 *
 * <p>The clock starts at 1970-01-01T00:00:00Z, so that the first batch has the time of one batch interval. Used by one
 * thread.
 */
public final class TestStreamingContext implements AutoCloseable {

    /** A further attempt would wait for a clock that nobody moves. */
    private static final FailureSettings ONE_ATTEMPT =
            new FailureSettings(Policy.STOP, 1, Duration.ofSeconds(1), failure -> false);

    private final StreamingContext context;
    private final TestStreamingContext root; // this one unless its pipeline was derived
    private final BatchDriver driver;

    // Mutable state
    private final Map<String, TestStreamingContext> pipelines = new HashMap<>(); // of the derived pipelines asked for
    private final List<TestInput<?>> inputs = new ArrayList<>();
    private final Map<String, TestInput<?>> inputsById = new HashMap<>();
    private final Map<String, TestOutput<?>> outputsById = new HashMap<>();
    private int outputs; // of all pipelines, where this is the root

    /** A context with a batch every second, two threads, and one attempt at each batch. */
    public TestStreamingContext() {
        this(config -> config);
    }

    /**
     * A context with another configuration.
     *
     * @param change gets that of {@link #TestStreamingContext()} and returns the one to use; the clock stays
     */
    public TestStreamingContext(UnaryOperator<StreamingConfig> change) {
        StreamingConfig config =
                change.apply(StreamingConfig.defaults().withParallelism(2).withFailure(ONE_ATTEMPT));
        driver = new BatchDriver();
        context = new StreamingContext(config.withClock(driver.clock()).withObserver(driver));
        root = this;
    }

    private TestStreamingContext(StreamingContext context, TestStreamingContext root) {
        this.context = context;
        this.root = root;
        this.driver = root.driver;
    }

    /** Where streams are defined. */
    public StreamingContext context() {
        return context;
    }

    /** The clock, for what must happen between two batches. */
    public ManualClock clock() {
        return driver.clock();
    }

    /**
     * A pipeline that was derived from the context before. Where it is the only one, and the context has no streams of its
     * own, it need not be asked for: the methods of this object then work on it.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public TestStreamingContext pipeline(String name) {
        return pipelines.computeIfAbsent(name, absent -> new TestStreamingContext(find(name), this));
    }

    /** A new input of the context's own pipeline; what is pushed to it is in the next batch. */
    public <T> TestInput<T> input() {
        TestSource<T> source = new TestSource<>();
        return added(new TestInput<>(context, source, context.inputStream(source)));
    }

    /**
     * An input in place of one that is defined: its own source is not started, and only what is pushed is read.
     *
     * @param id the name that the input's stream was given, else its kind and number, such as {@code socket-0}
     * @param <T> type of the rows, which is not checked before they are used
     * @return the same one if asked again
     * @throws IllegalArgumentException if there is no such input; the message lists those there are
     * @throws IllegalStateException if the pipeline was started, or there are several to choose from
     */
    @SuppressWarnings("unchecked") // the caller knows the type of the stream of this id
    public <T> TestInput<T> input(String id) {
        TestStreamingContext test = chosen();
        return (TestInput<T>) test.inputsById.computeIfAbsent(id, test::replace);
    }

    /** An output that keeps the rows of every batch, in the order of their partitions. */
    public <T> TestOutput<T> output(DStream<T> stream) {
        TestOutput<T> output = new TestOutput<>(stream.context());
        stream.foreachRDD((rdd, time) -> output.put(time, rdd.collect())).named("test-output-" + root.outputs);
        root.outputs++;
        return output;
    }

    /** As {@link #output(DStream)}, of pairs. */
    public <K, V> TestOutput<Pair<K, V>> output(PairDStream<K, V> stream) {
        return output(stream.toDStream());
    }

    /**
     * An output that keeps the rows of a stream that is defined. They are computed for it and for the outputs that were
     * there before, each for itself, unless the stream is cached.
     *
     * @param id the name that the stream was given, else the kind and number of its last operation, such as {@code map-0};
     *     or the id of an output, such as {@code print-0}, for the rows that it gets
     * @param <T> type of the rows, which is not checked before they are used
     * @return the same one if asked again
     * @throws IllegalArgumentException if there is no such stream or output; the message lists those there are
     * @throws IllegalStateException if the pipeline was started, or there are several to choose from
     */
    @SuppressWarnings("unchecked") // the caller knows the type of the stream of this id
    public <T> TestOutput<T> output(String id) {
        TestStreamingContext test = chosen();
        return (TestOutput<T>) test.outputsById.computeIfAbsent(id, absent -> test.output(test.context.stream(id)));
    }

    /**
     * Moves the clock to the pipeline's next batch, after starting the pipeline if it was not, and waits for the batch to
     * end. Batches of other pipelines of the context that run and are due by then are waited for too.
     *
     * @return the batch, committed
     * @throws IllegalStateException if it, or another one since the last call, has failed or was skipped, with what it has
     *     failed of as the cause: a test that expects that calls {@link #runFailingBatch()}. Also if it does not end in
     *     time; if the pipeline has halted; if rows were pushed to an input that no output reads; if there are several
     *     pipelines to choose from
     */
    public BatchInfo runBatch() {
        BatchInfo batch = runNext();
        List<BatchInfo> failures = driver.takeFailures();
        if (!failures.isEmpty()) {
            throw BatchReport.failed(failures, problemOf(failures.get(0)));
        }
        return batch;
    }

    /**
     * As {@link #runBatch()}, for a batch that is expected to fail. What becomes of batches of other pipelines is left to
     * the test.
     *
     * @return the batch, failed or skipped
     * @throws IllegalStateException if it was committed
     */
    public BatchInfo runFailingBatch() {
        BatchInfo batch = runNext();
        driver.takeFailures();
        if (batch.status() == Status.COMMITTED) {
            throw BatchReport.committed(batch);
        }
        return batch;
    }

    /** Runs so many batches, one after the other. */
    public List<BatchInfo> runBatches(int count) {
        List<BatchInfo> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            batches.add(runBatch());
        }
        return batches;
    }

    /** Runs batches until all that was pushed is in one; none if nothing was. Otherwise as {@link #runBatch()}. */
    public List<BatchInfo> runUntilEmpty() {
        TestStreamingContext test = chosen();
        driver.start(test.context);
        List<BatchInfo> batches = new ArrayList<>();
        while (test.inputs.stream().anyMatch(TestInput::hasPending)) {
            batches.add(runBatch());
        }
        return batches;
    }

    /**
     * Sets how long a batch may take, by the machine's clock: 30 seconds unless set.
     *
     * @param timeout more than zero
     * @throws IllegalArgumentException if it is not
     */
    public void setTimeout(Duration timeout) {
        driver.setTimeout(timeout);
    }

    /** Adds the last batches of all pipelines to the failure of a test, as a suppressed exception. */
    public void addBatchesTo(Throwable failure) {
        failure.addSuppressed(BatchReport.of(root.context.pipelines()));
    }

    /** Stops at once and closes the context; what was not run is not run. */
    @Override
    public void close() {
        context.stop(false, Duration.ZERO);
        context.close();
    }

    private BatchInfo runNext() {
        TestStreamingContext test = chosen();
        return driver.run(test.context, root.context.pipelines());
    }

    /** What a batch has failed of, if its pipeline has halted on that. */
    private @Nullable Throwable problemOf(BatchInfo batch) {
        return root.context.pipelines().stream()
                .filter(pipeline ->
                        batch.status() == Status.FAILED && pipeline.name().equals(batch.pipeline()))
                .findFirst()
                .map(pipeline -> pipeline.info().problem())
                .orElse(null);
    }

    private TestInput<?> replace(String id) {
        TestSource<Object> source = new TestSource<>();
        context.replaceInput(id, source);
        return added(new TestInput<>(context, source, stream(id)));
    }

    @SuppressWarnings("unchecked") // any row may be pushed to an input of objects
    private DStream<Object> stream(String id) {
        return (DStream<Object>) context.stream(id);
    }

    private <T> TestInput<T> added(TestInput<T> input) {
        inputs.add(input);
        return input;
    }

    /** This, or the only derived pipeline of a context without streams of its own. */
    private TestStreamingContext chosen() {
        List<StreamingContext> all = context.pipelines();
        if (all.isEmpty() || all.contains(context)) {
            return this;
        }
        if (all.size() > 1) {
            throw new IllegalStateException(
                    "There are several pipelines, " + names(all) + ": choose one with pipeline(name)");
        }
        return pipeline(all.get(0).name());
    }

    private StreamingContext find(String name) {
        List<StreamingContext> derived =
                context.pipelines().stream().filter(other -> other != context).toList();
        return derived.stream()
                .filter(pipeline -> pipeline.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no pipeline '" + name
                        + "' derived from the context; there is " + (derived.isEmpty() ? "none" : names(derived))));
    }

    private static String names(List<StreamingContext> pipelines) {
        return pipelines.stream().map(StreamingContext::name).collect(Collectors.joining(", "));
    }
}
