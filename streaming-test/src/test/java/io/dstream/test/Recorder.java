package io.dstream.test;

import io.dstream.event.BatchInfo;
import io.dstream.event.OutputInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.StreamingListener;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Keeps every event and lets a test wait for one. */
final class Recorder implements StreamingListener {

    private final BlockingQueue<Object> infos = new LinkedBlockingQueue<>();
    private final List<String> log = new CopyOnWriteArrayList<>();

    /** Waits for an event of this kind that meets a condition; events before it are passed over. */
    <T> T await(Class<T> kind, Predicate<T> condition) throws InterruptedException {
        while (true) {
            Object info = infos.poll(30, TimeUnit.SECONDS);
            if (info == null) {
                throw new IllegalStateException("No such " + kind.getSimpleName() + " within 30 seconds; seen: " + log);
            }
            if (kind.isInstance(info) && condition.test(kind.cast(info))) {
                return kind.cast(info);
            }
        }
    }

    PipelineInfo awaitState(PipelineInfo.State state) throws InterruptedException {
        return await(PipelineInfo.class, pipeline -> pipeline.state() == state);
    }

    BatchInfo awaitBatch() throws InterruptedException {
        return await(BatchInfo.class, batch -> batch.status().isEnd());
    }

    /** The events in their order, in short. */
    List<String> log() {
        return log;
    }

    @Override
    public void onPipelineChanged(PipelineInfo pipeline) {
        add("pipeline " + pipeline.state(), pipeline);
    }

    @Override
    public void onBatchSubmitted(BatchInfo batch) {
        add("batch " + batch.status(), batch);
    }

    @Override
    public void onBatchStarted(BatchInfo batch) {
        add("batch " + batch.status(), batch);
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        add("batch " + batch.status(), batch);
    }

    @Override
    public void onOutputOperationStarted(BatchInfo batch, OutputInfo output) {
        add("output " + output.output() + " started", output);
    }

    @Override
    public void onOutputOperationCompleted(BatchInfo batch, OutputInfo output) {
        add("output " + output.output() + (output.failureReason() == null ? " succeeded" : " failed"), output);
    }

    @Override
    public void onReceiverStarted(ReceiverInfo receiver) {
        add("receiver started", receiver);
    }

    @Override
    public void onReceiverError(ReceiverInfo receiver) {
        add("receiver error", receiver);
    }

    @Override
    public void onReceiverStopped(ReceiverInfo receiver) {
        add("receiver stopped", receiver);
    }

    private void add(String line, Object info) {
        log.add(line);
        infos.add(info);
    }
}
