package io.dstream.scheduler;

import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.InputInfo;
import io.dstream.event.OutputInfo;
import io.dstream.function.StreamingException;
import io.dstream.graph.Node;
import io.dstream.graph.OutputOperation;
import io.dstream.input.InputSource;
import io.dstream.rdd.RDD;
import io.dstream.scheduler.FailureSettings.Policy;
import io.dstream.storage.BatchCommit;
import io.dstream.storage.BatchLog;
import io.dstream.storage.Checkpoint;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a batch from its plan to its commit. An attempt after a failure keeps the plan and the outputs that succeeded.
 *
 * <p>Used by the batch thread alone, but for slices.
 */
final class BatchRunner implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BatchRunner.class);

    private final Pipeline pipeline;
    private final BatchLog batchLog;
    private final Retries retries;
    private final BatchHistory history;
    private final InputRates rates;
    private final SinkWriters sinks;
    private final RddTable table;

    // Mutable state
    private @Nullable BatchCommit changes; // of the batch whose outputs have succeeded

    /**
     * @param sinks are closed with it
     */
    BatchRunner(
            Pipeline pipeline,
            BatchLog batchLog,
            Retries retries,
            BatchHistory history,
            InputRates rates,
            SinkWriters sinks) {
        this.pipeline = pipeline;
        this.batchLog = batchLog;
        this.retries = retries;
        this.history = history;
        this.rates = rates;
        this.sinks = sinks;
        this.table = new RddTable(pipeline);
    }

    /**
     * Is told before the first batch from which time slides are counted.
     *
     * @param zeroTime one batch interval before the first batch of all
     * @param lastCommitted the last batch of the runs before; null if there was none
     */
    void begin(Instant zeroTime, @Nullable Instant lastCommitted) {
        table.begin(zeroTime, lastCommitted);
    }

    /**
     * Takes over what the runs before have left, before anything else.
     *
     * @throws IOException if a file cannot be read
     * @throws StreamingException if something in it cannot be, or does not fit the code
     */
    void restore(Restoration restoration) throws IOException {
        table.restore(restoration);
        pipeline.accumulators().restore(restoration.checkpoint().accumulators());
    }

    /**
     * Tells the inputs once more what the runs before may not have told them: that the last batch is committed, and what is over.
     *
     * @return the failure that halts the pipeline; null if it goes on
     * @throws InterruptedException if the pipeline is halted
     */
    @Nullable
    Throwable repeatCommit(Checkpoint checkpoint) throws InterruptedException {
        Throwable conflict = null;
        for (Node.Input input : pipeline.graph().inputs()) {
            @Nullable Instant released = checkpoint.released(pipeline.graph().idOf(input));
            if (released != null) {
                InputSource<?> source = pipeline.graph().sourceOf(input);
                Instant last = Objects.requireNonNull(checkpoint.lastCommitted());
                conflict = first(conflict, retries.persistUnlessConflict(() -> source.commit(last)));
                retries.persist(() -> source.release(released));
            }
        }
        return conflict;
    }

    private static @Nullable Throwable first(@Nullable Throwable failure, @Nullable Throwable later) {
        return failure == null ? later : failure;
    }

    /**
     * Opens the sinks whose systems were away at the start, as soon as they are back.
     *
     * @return the failure that halts the pipeline; null if it goes on
     * @throws InterruptedException if the pipeline is halted
     */
    @Nullable
    Throwable openSinks() throws InterruptedException {
        return retries.attempt(() -> "opening the outputs", sinks::openOthers, failure -> {});
    }

    /**
     * Runs a batch to its end.
     *
     * @return the failure that halts the pipeline; null if it goes on
     * @throws InterruptedException if the pipeline is halted; the batch is not committed
     */
    @Nullable
    Throwable run(Batch batch) throws InterruptedException {
        retries.persist(() -> batchLog.requireAllocated(batch.time()));
        batch.start(pipeline.clock().now());
        publish(batch, Event.STARTED);
        Throwable failure = runAndCommit(batch);
        rates.completed(batch.info());
        publish(batch, Event.COMPLETED);
        return failure;
    }

    /** As {@link Slices#slice}. */
    <T> List<RDD<T>> slice(Node node, Instant from, Instant to) {
        return table.slices().slice(node, from, to);
    }

    @Override
    public void close() {
        table.close();
        sinks.close();
        pipeline.graph().outputs().forEach(this::close);
    }

    private void close(OutputOperation output) {
        try {
            output.resource().close();
        } catch (Exception failure) {
            log.warn(
                    "Output '{}' of pipeline '{}' cannot be closed",
                    pipeline.graph().idOf(output),
                    pipeline.name(),
                    failure);
        }
    }

    /** Its RDDs are gone before anybody hears of its end. */
    private @Nullable Throwable runAndCommit(Batch batch) throws InterruptedException {
        try {
            Throwable failure = batch.allocationFailure() == null ? runOutputs(batch) : batch.allocationFailure();
            Status end = endAfter(failure, batch);
            if (end == Status.SKIPPED) {
                table.rollback(batch.time());
            }
            Throwable halting = end == Status.FAILED ? failure : commit(batch.time(), end);
            batch.end(end, pipeline.clock().now());
            return halting;
        } finally {
            table.forget();
        }
    }

    private Status endAfter(@Nullable Throwable failure, Batch batch) {
        if (failure == null) {
            return Status.COMMITTED;
        }
        if (pipeline.settings().failure().policy() == Policy.STOP || FailureSettings.isConflict(failure)) {
            log.error(
                    "Pipeline '{}' gives up batch {} and halts; its input stays uncommitted",
                    pipeline.name(),
                    batch.time(),
                    failure);
            return Status.FAILED;
        }
        log.error(
                "Pipeline '{}' skips batch {}: its records count for nothing: {}",
                pipeline.name(),
                batch.time(),
                batch.describeInputs(),
                failure);
        return Status.SKIPPED;
    }

    private @Nullable Throwable runOutputs(Batch batch) throws InterruptedException {
        List<PlannedOutput> plan = new ArrayList<>();
        return retries.attempt(
                () -> describe(batch, plan),
                () -> {
                    plan(batch.time(), plan);
                    for (PlannedOutput output : plan) {
                        retries.requireNotHalted();
                        runUnlessDone(output, batch);
                    }
                    BatchCommit commit = batchLog.commit(batch.time());
                    table.complete(batch.time(), commit);
                    changes = commit;
                    batch.setInputs(infoWhenRead(batch));
                },
                failure -> {
                    batch.noteFailure(failure);
                    history.put(batch.info());
                });
    }

    /** Where an attempt has failed: in the first output that is not done, unless that was before or after all outputs. */
    private String describe(Batch batch, List<PlannedOutput> plan) {
        String output = plan.stream()
                .filter(planned -> !planned.done)
                .findFirst()
                .map(planned -> "output '" + pipeline.graph().idOf(planned.operation) + "' of ")
                .orElse("");
        return output + "batch " + batch.time();
    }

    /** What the inputs tell of the batch after it was read; they are told of in the order in which they were defined. */
    private List<InputInfo> infoWhenRead(Batch batch) {
        List<InputInfo> infos = new ArrayList<>(batch.inputs().size());
        for (InputInfo allocated : batch.inputs()) {
            Node.Input input = pipeline.graph().inputs().get(infos.size());
            infos.add(pipeline.graph().sourceOf(input).infoWhenRead(batch.time(), allocated));
        }
        return infos;
    }

    private void plan(Instant time, List<PlannedOutput> plan) throws Exception {
        if (!plan.isEmpty()) {
            return;
        }
        try {
            addOutputs(time, plan);
        } catch (Throwable failure) {
            plan.clear();
            table.rollback(time);
            throw failure;
        }
    }

    private void addOutputs(Instant time, List<PlannedOutput> plan) throws Exception {
        for (OutputOperation output : pipeline.graph().outputs()) {
            if (table.isDue(output.stream(), time)) {
                plan.add(new PlannedOutput(output, table.rdd(output.stream(), time)));
            }
        }
    }

    private void runUnlessDone(PlannedOutput planned, Batch batch) throws Exception {
        if (planned.done) {
            return;
        }
        String id = pipeline.graph().idOf(planned.operation);
        Instant start = pipeline.clock().now();
        publish(batch, new OutputInfo(id, start, null, null));
        try {
            attempt(planned, batch.time());
            planned.done = true;
            publish(batch, new OutputInfo(id, start, pipeline.clock().now(), null));
        } catch (Throwable failure) {
            publish(batch, new OutputInfo(id, start, pipeline.clock().now(), failure.toString()));
            throw failure;
        }
    }

    private void attempt(PlannedOutput planned, Instant time) throws Exception {
        OutputOperation output = planned.operation;
        if (output.sink() == null) {
            table.attempt(time, () -> output.body().call(planned.rdd, time));
        } else {
            table.attempt(time, sinks.deadLetters(output), () -> sinks.write(output, planned.rdd, time));
        }
    }

    /** Returns why an input must not be committed any more; null if it goes on. The batch is committed all the same. */
    private @Nullable Throwable commit(Instant time, Status end) throws InterruptedException {
        BatchCommit commit = end == Status.SKIPPED ? skipped(time) : Objects.requireNonNull(changes);
        changes = null;
        table.forgetRows(commit);
        pipeline.graph()
                .inputs()
                .forEach(input -> commit.released(pipeline.graph().idOf(input), time));
        retries.persist(() -> batchLog.committed(commit));
        table.commit(time);
        return commitInputs(time);
    }

    private @Nullable Throwable commitInputs(Instant time) throws InterruptedException {
        Throwable conflict = null;
        for (Node.Input input : pipeline.graph().inputs()) {
            InputSource<?> source = pipeline.graph().sourceOf(input);
            conflict = first(conflict, retries.persistUnlessConflict(() -> source.commit(time)));
        }
        for (Node.Input input : pipeline.graph().inputs()) {
            retries.persist(() -> pipeline.graph().sourceOf(input).release(time));
        }
        if (conflict != null) {
            log.error("Pipeline '{}' halts after batch {}, which is committed", pipeline.name(), time, conflict);
        }
        return conflict;
    }

    private BatchCommit skipped(Instant time) {
        BatchCommit commit = batchLog.commit(time);
        commit.skipped();
        return commit;
    }

    private void publish(Batch batch, Event event) {
        BatchInfo info = batch.info();
        history.put(info);
        pipeline.events().post(listener -> {
            switch (event) {
                case STARTED -> listener.onBatchStarted(info);
                case COMPLETED -> listener.onBatchCompleted(info);
            }
        });
    }

    private void publish(Batch batch, OutputInfo output) {
        batch.put(output);
        BatchInfo info = batch.info();
        history.put(info);
        pipeline.events().post(listener -> {
            if (output.endTime() == null) {
                listener.onOutputOperationStarted(info, output);
            } else {
                listener.onOutputOperationCompleted(info, output);
            }
        });
    }

    private enum Event {
        STARTED,
        COMPLETED
    }

    /** An output with the RDD it gets in this batch. */
    private static final class PlannedOutput {

        private final OutputOperation operation;
        private final RDD<?> rdd;

        // Mutable state
        private boolean done;

        PlannedOutput(OutputOperation operation, RDD<?> rdd) {
            this.operation = operation;
            this.rdd = rdd;
        }
    }
}
