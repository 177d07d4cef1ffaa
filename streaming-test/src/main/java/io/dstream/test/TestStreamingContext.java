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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private final UnaryOperator<StreamingConfig> change;
    private final StreamingContext context;
    private final TestStreamingContext root; // this one unless its pipeline was derived
    private final BatchDriver driver;

    // Mutable state
    private final Map<String, TestStreamingContext> pipelines = new HashMap<>(); // of the derived pipelines asked for
    private final Map<Integer, TestInput<?>> inputs = new TreeMap<>(); // by their place among those of the pipeline
    private final Map<String, TestOutput<?>> outputsById = new HashMap<>();
    private int outputs; // of all pipelines, where this is the root
    private boolean ownSourcesRefused; // of all pipelines, where this is the root
    private @Nullable TestStreamingContext next; // after a restart, where this is the root

    /** A context with a batch every second, two threads, and one attempt at each batch. */
    public TestStreamingContext() {
        this(config -> config);
    }

    /**
     * A context with another configuration, such as one that allows object files to have classes of the test:
     * {@code new TestStreamingContext(config -> config.withAllowedPackages("com.example.orders"))}.
     *
     * @param change gets that of {@link #TestStreamingContext()} and returns the one to use; the clock stays
     */
    public TestStreamingContext(UnaryOperator<StreamingConfig> change) {
        this.change = change;
        StreamingConfig config =
                change.apply(StreamingConfig.defaults().withParallelism(2).withFailure(ONE_ATTEMPT));
        driver = new BatchDriver();
        context = new StreamingContext(config.withClock(driver.clock()).withObserver(driver));
        root = this;
    }

    private TestStreamingContext(StreamingContext context, TestStreamingContext root) {
        this.change = root.change;
        this.context = context;
        this.root = root;
        this.driver = root.driver;
    }

    /** Where streams are defined. */
    public StreamingContext context() {
        return context;
    }

    /**
     * The clock, for what must happen between two batches. Moving it does not wait for batches that become due: {@link #advance}
     * does.
     */
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

    /**
     * A new input for streams that the test itself defines on the context; what is pushed to it is in the next batch. An input
     * that is defined already is fed by {@link #input(String)}.
     *
     * @throws IllegalStateException if the context has no streams of its own, but derived pipelines have
     */
    public <T> TestInput<T> input() {
        requireOwnStreamsOrNone();
        TestSource<T> source = new TestSource<>();
        TestInput<T> input = new TestInput<>(context, source, context.inputStream(source));
        inputs.put(context.inputs().size() - 1, input);
        return input;
    }

    /**
     * An input in place of one that is defined: its own source is not started, and only what is pushed is read. A batch that
     * nothing is pushed for is as the source would have it: of a queue it has one partition without rows, or the queue's default
     * RDD; of sockets, receivers, files and other sources it has no partitions.
     *
     * @param id the name that the input's stream was given, else its kind and number, such as {@code socket-0}
     * @param <T> type of the rows, which is not checked before they are used
     * @return the same one if asked again, or if {@link #input()} has made it
     * @throws IllegalArgumentException if there is no such input; the message lists those there are
     * @throws IllegalStateException if the pipeline was started, or there are several to choose from
     */
    @SuppressWarnings("unchecked") // the caller knows the type of the stream of this id
    public <T> TestInput<T> input(String id) {
        TestStreamingContext test = chosen();
        TestInput<?> known = test.inputs.get(test.context.inputs().indexOf(id));
        return (TestInput<T>) (known == null ? test.replace(id) : known);
    }

    /**
     * Refuses from now on to run a pipeline with an input that reads its own source, because it was not asked for by
     * {@link #input(String)}.
     */
    public void refuseOwnSources() {
        root.ownSourcesRefused = true;
    }

    /**
     * An output that keeps the rows of every batch, in the order of their partitions. The stream is {@linkplain
     * DStream#persist() cached}, so that its functions run once per batch and accumulators count once, although other outputs
     * read it too.
     */
    public <T> TestOutput<T> output(DStream<T> stream) {
        stream.persist();
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
     * An output that keeps the rows of a stream that is defined, which is cached for that as by {@link #output(DStream)}.
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
        requireNoFailures();
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
        test.start();
        List<BatchInfo> batches = new ArrayList<>();
        while (test.inputs.values().stream().anyMatch(TestInput::hasPending)) {
            batches.add(runBatch());
        }
        return batches;
    }

    /**
     * Lets time pass, after starting the pipeline if it was not, with all batches that are due in it, and returns when they have
     * ended: those of this pipeline, and of other pipelines of the context that run. The clock stops at each batch until it has
     * ended.
     *
     * @param duration not negative; what is no multiple of the batch interval ends between two batches
     * @throws IllegalStateException as {@link #runBatch()}, after all time has passed if batches have failed or were skipped
     * @throws IllegalArgumentException if {@code duration} is negative
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("'duration' must not be negative, but was " + duration);
        }
        chosen().start();
        driver.advance(duration, root.context.pipelines());
        requireNoFailures();
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

    /**
     * Stops everything and makes a context for what a new process would be: with the same configuration, in the same checkpoint
     * directory, at the same time. The pipelines are to be defined on it again, by the same code or by that of a new version.
     * Rows that were pushed and are in no batch yet are gone.
     *
     * <pre>{@code
     * TestStreamingContext restarted = test.restart();
     * new WordCount("localhost", 9999).define(restarted.context());
     * }</pre>
     *
     * @return the new context, which is closed with this one
     * @throws IllegalStateException as {@link #close()}, if there was a restart already, and if there is no checkpoint
     *     directory, as in a {@code @StreamTest}
     */
    public TestStreamingContext restart() {
        requireDirectories();
        root.context.stop(true, driver.timeout());
        requireNoFailures();
        return afterStop();
    }

    /**
     * As {@link #restart()}, after a crash: what the process has done since its last write into the checkpoint directory is lost, and
     * nothing is stopped in an orderly way. Failures that the test was not told of are forgotten.
     */
    public TestStreamingContext crash() {
        List<CheckpointCopy> copies =
                requireDirectories().stream().map(CheckpointCopy::of).toList();
        root.context.stop(false, Duration.ZERO);
        driver.takeFailures();
        copies.forEach(CheckpointCopy::restore);
        return afterStop();
    }

    /** Those of the pipelines; refused before anything is stopped. */
    private List<Path> requireDirectories() {
        if (root.next != null) {
            throw new IllegalStateException("This context was restarted before; use the one that was returned then");
        }
        List<Path> directories = Stream.concat(Stream.of(root.context), root.context.pipelines().stream())
                .map(pipeline -> pipeline.config().checkpointDirectory())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (directories.isEmpty()) {
            throw new IllegalStateException(
                    "The process after this one would know nothing of it, because there is no checkpoint directory."
                            + " Make the context with one: new TestStreamingContext(config ->"
                            + " config.withCheckpointDirectory(directory))");
        }
        return directories;
    }

    private TestStreamingContext afterStop() {
        root.context.close();
        TestStreamingContext restarted = new TestStreamingContext(change);
        restarted.clock().advance(Duration.between(restarted.clock().now(), clock().now()));
        root.next = restarted;
        return restarted;
    }

    /** Adds the last batches of all pipelines to the failure of a test, as a suppressed exception. */
    public void addBatchesTo(Throwable failure) {
        failure.addSuppressed(BatchReport.of(root.context.pipelines()));
    }

    /**
     * Stops at once and closes the context; what was not run is not run.
     *
     * @throws IllegalStateException as {@link #runBatch()}, if a batch has failed or was skipped that the test was not told of,
     *     such as one that was due because the test has moved the clock
     */
    @Override
    public void close() {
        context.stop(false, Duration.ZERO);
        context.close();
        if (next != null) {
            next.close();
        }
        requireNoFailures();
    }

    private BatchInfo runNext() {
        TestStreamingContext test = chosen();
        test.start();
        return driver.run(test.context, root.context.pipelines());
    }

    private void requireNoFailures() {
        List<BatchInfo> failures = driver.takeFailures();
        if (!failures.isEmpty()) {
            throw BatchReport.failed(failures, problemOf(failures.get(0)));
        }
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

    /** Starts the pipeline if it does not run; refuses what a test cannot have meant. */
    private void start() {
        List<String> ids = context.inputs();
        if (root.ownSourcesRefused) {
            requireReplaced(ids);
        }
        driver.start(context);
        inputs.forEach((place, input) -> requireRead(ids.get(place), input));
    }

    private void requireReplaced(List<String> ids) {
        for (int place = 0; place < ids.size(); place++) {
            if (!inputs.containsKey(place)) {
                String id = ids.get(place);
                throw new IllegalStateException("Input '" + id + "' of pipeline '" + context.name()
                        + "' would read its own source, which this test is not to start: feed it by input(\"" + id
                        + "\"), to be called before the first batch. If it belongs to an application's pipeline, that is"
                        + " defined already and need not be defined again");
            }
        }
    }

    private void requireRead(String id, TestInput<?> input) {
        if (input.hasLostRows()) {
            throw new IllegalStateException("Rows were pushed to the input '" + id + "' of pipeline '" + context.name()
                    + "', which no output reads. input() makes a new input for streams that the test defines; to feed one"
                    + " that is defined already, ask for it by input(id): "
                    + calls(context.inputs().stream().filter(other -> !other.equals(id))));
        }
    }

    private void requireOwnStreamsOrNone() {
        List<StreamingContext> all = context.pipelines();
        if (!all.isEmpty() && !all.contains(context)) {
            throw new IllegalStateException("input() makes a new input for streams that the test defines on the context"
                    + " itself, but it has none; there are those of pipeline " + names(all)
                    + ". To feed an input that is defined already, ask for it by input(id): "
                    + calls(all.stream().flatMap(pipeline -> pipeline.inputs().stream())));
        }
    }

    private static String calls(Stream<String> ids) {
        String calls = ids.distinct().map(id -> "input(\"" + id + "\")").collect(Collectors.joining(" or "));
        return calls.isEmpty() ? "there is none" : calls;
    }

    private TestInput<?> replace(String id) {
        TestSource<Object> source = new TestSource<>();
        source.standFor(context.replaceInput(id, source));
        TestInput<Object> input = new TestInput<>(context, source, stream(id));
        inputs.put(context.inputs().indexOf(id), input);
        return input;
    }

    @SuppressWarnings("unchecked") // any row may be pushed to an input of objects
    private DStream<Object> stream(String id) {
        return (DStream<Object>) context.stream(id);
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
