package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.input.InputContext;
import io.dstream.input.InputSource;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.RateController;
import io.dstream.rdd.RDD;
import io.dstream.storage.BatchLog;
import io.dstream.storage.BlockLog;
import io.dstream.storage.LoggedRun;
import io.dstream.time.ManualClock;
import io.dstream.time.Signal;
import io.dstream.time.StreamThread;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pipeline from one start to its end: the ticker thread allocates batches, the batch thread runs them one after the
 * other, and the end of both is the end of the run.
 *
 * <p>Thread-safe. Used once.
 */
final class PipelineRun {

    private static final Logger log = LoggerFactory.getLogger(PipelineRun.class);

    /** When so many batches wait, the ticker waits too: their records stay where they are. */
    private static final int MAX_WAITING = 1_000;

    private final Pipeline pipeline;
    private final BatchLog batchLog;
    private final Recovery recovery;
    private final BatchHistory history;
    private final InputRates rates;
    private final SinkWriters sinks;
    private final Ticker ticker;
    private final BatchRunner runner;
    private final PipelineStatus status;
    private final StreamThread tickerThread;
    private final StreamThread batchThread;

    private final BlockingQueue<Optional<Batch>> queue = new ArrayBlockingQueue<>(MAX_WAITING); // empty: the end
    private final Signal stopping = new Signal(); // no more ticks
    private final Signal halt = new Signal(); // nothing more at all
    private final Signal tickerEnded = new Signal();
    private final Object interrupting = new Object();
    private final Object pausing = new Object();
    private final Object telling = new Object();
    private final Set<InputSource<?>> closed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean endTold = new AtomicBoolean();
    private final Signal ended = new Signal();
    private final Signal gone = new Signal();

    // Mutable state, guarded by interrupting
    private boolean closing; // the batch thread does nothing more but close

    /**
     * @param batchLog is closed at the end of the run
     */
    PipelineRun(Pipeline pipeline, BatchLog batchLog, BatchHistory history) {
        this.pipeline = pipeline;
        this.batchLog = batchLog;
        this.recovery = new Recovery(pipeline, batchLog.checkpoint());
        this.history = history;
        this.rates = new InputRates(pipeline, batchLog.checkpoint());
        this.sinks = new SinkWriters(pipeline);
        this.status = new PipelineStatus(this::pauseOrResumeInputs, this::tell);
        this.ticker = new Ticker(pipeline, batchLog, retries(), rates, stopping, this::submit);
        this.runner = new BatchRunner(pipeline, batchLog, retries(), history, rates, sinks);
        this.tickerThread = StreamThread.keepAlive(pipeline.name() + "-ticker", this::tick);
        this.batchThread = StreamThread.daemon(pipeline.name() + "-batches", this::runBatches);
    }

    /** Opens the sinks, starts the inputs, then the threads; if one of them does not start, or the log cannot be written, the run ends. */
    void start() {
        warnOfUnconnectedInputs();
        warnOfStateInMemory();
        warnOfBatchesInMemory();
        try {
            restore();
            @Nullable Instant lastAllocated = recovery.checkpoint().lastAllocated();
            @Nullable Instant last = SinkWriters.later(lastAllocated, sinks.open(lastAllocated));
            pipeline.graph().inputs().forEach(this::startInput);
            blocksWithoutInput().forEach(this::releaseBlocks);
            warnOfBlocksWithoutInput();
            warnOfInputsInMemory();
            begin(ticker.begin(last));
            rates.tell();
            tell(); // before there is a thread that could tell of a batch
            batchThread.start();
            tickerThread.start();
        } catch (Throwable failure) {
            halt();
            tickerEnded.set();
            closeInputs();
            runner.close();
            closeLog();
            end();
            gone.set();
            throw failure;
        }
    }

    private void restore() {
        Restoration restoration = recovery.restoration();
        restoration.require();
        try {
            runner.restore(restoration);
        } catch (IOException failure) {
            throw new StreamingException(
                    "Pipeline '" + pipeline.name() + "' does not start, because its checkpoint cannot be read: "
                            + failure,
                    failure);
        }
    }

    private void begin(Instant first) {
        LoggedRun run = recovery.run(first);
        try {
            batchLog.begin(run);
        } catch (IOException failure) {
            throw new StreamingException(
                    "Pipeline '" + pipeline.name() + "' does not start: " + failure.getMessage(), failure);
        }
        recovery.tell(first);
        sinks.begin(first);
        runner.begin(run.zeroTime(), recovery.checkpoint().lastCommitted());
    }

    private void startInput(Node.Input input) {
        try {
            pipeline.graph().sourceOf(input).start(contextOf(input));
        } catch (Exception failure) {
            throw RefusedStart.of(
                    "Input '" + pipeline.graph().idOf(input) + "' of pipeline '" + pipeline.name() + "'", failure);
        }
    }

    /**
     * Tells the run to stop; does not wait for it.
     *
     * @param graceful whether everything accepted is run before, or nothing more
     */
    void initiateStop(boolean graceful) {
        status.stopping(); // before the signal, which may end the run at once
        if (graceful) {
            stopping.set();
        } else {
            halt();
        }
    }

    /** Cuts off whatever runs; what is not committed stays so. */
    void halt() {
        halt.set(); // first, or the ticker might take this for a graceful stop
        stopping.set();
        tickerThread.interrupt();
        synchronized (interrupting) {
            if (!closing) {
                batchThread.interrupt();
            }
        }
    }

    /** Declares the run ended although a thread of it may hang in a user's code. */
    void abandon() {
        log.error(
                "Pipeline '{}' does not end: a batch or an input does not answer to an interrupt. Its thread is left"
                        + " behind, the batch uncommitted",
                pipeline.name());
        end();
    }

    Signal ended() {
        return ended;
    }

    /** Set when no thread of the run is left: after its end, or never if one hangs. */
    Signal gone() {
        return gone;
    }

    PipelineStatus status() {
        return status;
    }

    List<BatchInfo> batches() {
        return history.newestFirst();
    }

    <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        if (status.state().isEnd()) {
            throw Slices.ended(pipeline.name());
        }
        return runner.slice(node, from, to);
    }

    PipelineInfo info() {
        return new PipelineInfo(
                pipeline.name(),
                status.state(),
                pipeline.settings().batchInterval(),
                history.unfinished(),
                receivers(),
                rates.limits(),
                batchLog.blockBytes(),
                status.problem());
    }

    private void tick() {
        try {
            for (Batch batch : recovery.batches()) {
                submit(batch);
            }
            ticker.tickUntilStopped();
            if (!halt.isSet()) {
                forEachInput(InputSource::initiateStop);
                forEachInput(InputSource::stop);
                ticker.drain();
            }
            queue.put(Optional.empty());
        } catch (InterruptedException end) {
            log.debug("The ticker of pipeline '{}' was interrupted", pipeline.name());
        } catch (RuntimeException | Error failure) {
            fail(failure);
        } finally {
            tickerEnded.set();
        }
    }

    private void runBatches() {
        try {
            failIfAny(runner.repeatCommit(recovery.checkpoint()));
            failIfAny(runner.openSinks());
            Optional<Batch> next = queue.take();
            while (next.isPresent() && !halt.isSet()) {
                Throwable failure = runner.run(next.get());
                if (failure != null) {
                    halt(failure);
                }
                next = queue.take();
            }
        } catch (InterruptedException end) {
            log.debug("The batches of pipeline '{}' were cut off", pipeline.name());
        } catch (RuntimeException | Error failure) {
            fail(failure);
        } finally {
            awaitPeace();
            runner.close();
            closeInputs();
            closeLog(); // before anybody hears of the end, who may open it again
            end();
            gone.set();
        }
    }

    private void failIfAny(@Nullable Throwable failure) {
        if (failure != null) {
            fail(failure);
        }
    }

    /** Something has failed that no batch is to blame for. */
    private void fail(Throwable failure) {
        log.error("Pipeline '{}' halts; its input stays uncommitted", pipeline.name(), failure);
        halt(failure);
    }

    private void halt(Throwable failure) {
        status.fail(failure);
        halt();
    }

    /**
     * Waits for the ticker, under which inputs must not be closed. An interrupt does not end this wait: it was for the batches. After
     * it there is none, so that inputs can tell others how far they have come.
     */
    private void awaitPeace() {
        synchronized (interrupting) {
            closing = true;
        }
        while (!tickerEnded.isSet()) {
            try {
                tickerEnded.await();
            } catch (InterruptedException ignored) {
                log.debug("The batch thread of pipeline '{}' still waits for its ticker", pipeline.name());
            }
        }
        Thread.interrupted();
    }

    /** May be called by the batch thread and by whoever has lost patience with it; neither waits for the other. */
    private void end() {
        closeInputs();
        history.close();
        status.end();
        if (endTold.compareAndSet(false, true)) {
            ended.set();
            tell();
        }
    }

    private void closeInputs() {
        forEachInput(this::closeOnce);
    }

    /** A thread that hangs keeps it, and with it the directory: it might write, should it ever go on. */
    private void closeLog() {
        try {
            batchLog.close();
        } catch (IOException failure) {
            log.warn("The log of pipeline '{}' cannot be closed: {}", pipeline.name(), failure.toString());
        }
    }

    private void closeOnce(InputSource<?> source) {
        if (closed.add(source)) {
            source.close();
        }
    }

    private void submit(Batch batch) throws InterruptedException {
        BatchInfo info = batch.info();
        history.put(info);
        pipeline.events().post(listener -> listener.onBatchSubmitted(info));
        queue.put(Optional.of(batch));
    }

    private void tell() {
        synchronized (telling) {
            PipelineInfo info = info();
            pipeline.events().post(listener -> listener.onPipelineChanged(info));
        }
    }

    /** One at a time, so that the last call sees the last status. */
    private void pauseOrResumeInputs() {
        synchronized (pausing) {
            forEachInput(status.isWaiting() ? InputSource::pause : InputSource::resume);
        }
    }

    private void warnOfUnconnectedInputs() {
        for (Node.Input input : pipeline.graph().unconnectedInputs()) {
            log.warn(
                    "Input '{}' of pipeline '{}' feeds no output operation, so it is not started",
                    pipeline.graph().idOf(input),
                    pipeline.name());
        }
    }

    private void warnOfBlocksWithoutInput() {
        Set<String> left = blocksWithoutInput();
        if (!left.isEmpty()) {
            log.warn(
                    "The write-ahead log of pipeline '{}' has records of the inputs {}, which the definition does not have;"
                            + " they are kept, and read if it has them again",
                    pipeline.name(),
                    left);
        }
    }

    private Set<String> blocksWithoutInput() {
        Set<String> inputs = new TreeSet<>(batchLog.inputsWithBlocks());
        pipeline.graph()
                .inputs()
                .forEach(input -> inputs.remove(pipeline.graph().idOf(input)));
        return inputs;
    }

    /** What of its blocks is in batches that are over is let go of, as inputs do at their start. */
    private void releaseBlocks(String input) {
        @Nullable BlockLog blocks = batchLog.blocks(input);
        if (blocks != null) {
            LoggedBlocks.release(recovery.checkpoint().progress(input), blocks);
        }
    }

    /** Without a checkpoint directory nobody expects more. */
    private void warnOfInputsInMemory() {
        for (Node.Input input : pipeline.graph().inputs()) {
            String id = pipeline.graph().idOf(input);
            if (batchLog.isKept() && !pipeline.graph().sourceOf(input).isReadAgain()) {
                log.warn(
                        "Records of input '{}' of pipeline '{}' are in memory alone: a crash loses those that are in no"
                                + " committed batch. The write-ahead log (streaming.write-ahead-log.enabled) keeps them",
                        id,
                        pipeline.name());
            }
        }
    }

    private void warnOfStateInMemory() {
        boolean hasState = !pipeline.graph().stateful().isEmpty();
        if (hasState && endsWithProcess()) {
            log.warn(
                    "Pipeline '{}' keeps state in memory: it is lost when the pipeline ends. Set"
                            + " 'streaming.checkpoint.directory' to keep it",
                    pipeline.name());
        }
    }

    /** A sink that takes each batch once is of little use if the same records are in another batch after a restart. */
    private void warnOfBatchesInMemory() {
        List<String> outputs = pipeline.graph().outputs().stream()
                .filter(output -> output.sink() != null)
                .map(pipeline.graph()::idOf)
                .toList();
        boolean goesOn = inputs().stream().allMatch(InputSource::keepsProgress);
        if (!outputs.isEmpty() && !goesOn && endsWithProcess()) {
            log.warn(
                    "Pipeline '{}' keeps in memory which batches there were, so its outputs {} take each batch once only until it"
                            + " ends: after a restart records may be written again, or be left out. Set"
                            + " 'streaming.checkpoint.directory' to keep the batches",
                    pipeline.name(),
                    outputs);
        }
    }

    /** Whether nothing is kept that somebody may miss: on a clock that a test moves by hand, everything ends with the test. */
    private boolean endsWithProcess() {
        return !batchLog.isKept() && !(pipeline.clock() instanceof ManualClock);
    }

    /** The failure of one input must not keep the others from being paused, stopped or closed. */
    private void forEachInput(Consumer<InputSource<?>> action) {
        for (InputSource<?> source : inputs()) {
            try {
                action.accept(source);
            } catch (RuntimeException | Error failure) {
                log.warn("A {} input of pipeline '{}' failed", source.kind(), pipeline.name(), failure);
            }
        }
    }

    private List<InputSource<?>> inputs() {
        return pipeline.graph().inputs().stream()
                .<InputSource<?>>map(pipeline.graph()::sourceOf)
                .toList();
    }

    private List<ReceiverInfo> receivers() {
        return inputs().stream().flatMap(source -> source.receivers().stream()).toList();
    }

    private InputContext contextOf(Node.Input input) {
        String id = pipeline.graph().idOf(input);
        return new InputContext(
                pipeline.name(),
                id,
                pipeline.clock(),
                pipeline.settings().batchInterval(),
                pipeline.settings().maxRecordsPerBatch(),
                pipeline.events(),
                RateController.withoutEstimate(recovery.checkpoint().progress(id)),
                rates.of(id),
                batchLog.blocks(id));
    }

    private Retries retries() {
        return new Retries(pipeline.name(), pipeline.settings().failure(), pipeline.clock(), halt, status);
    }
}
