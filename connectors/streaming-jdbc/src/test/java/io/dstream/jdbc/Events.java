package io.dstream.jdbc;

import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Lets a test wait for what a pipeline tells. */
final class Events implements StreamingListener {

    private final BlockingQueue<PipelineInfo> pipelines = new LinkedBlockingQueue<>();
    private final BlockingQueue<BatchInfo> batches = new LinkedBlockingQueue<>();

    PipelineInfo awaitState(PipelineInfo.State state) throws InterruptedException {
        PipelineInfo info;
        do {
            info = require(pipelines.poll(30, TimeUnit.SECONDS));
        } while (info.state() != state);
        return info;
    }

    BatchInfo awaitBatch() throws InterruptedException {
        return require(batches.poll(30, TimeUnit.SECONDS));
    }

    private static <T> T require(T event) {
        if (event == null) {
            throw new IllegalStateException("Nothing was told within 30 seconds");
        }
        return event;
    }

    @Override
    public void onPipelineChanged(PipelineInfo pipeline) {
        pipelines.add(pipeline);
    }

    @Override
    public void onBatchCompleted(BatchInfo batch) {
        batches.add(batch);
    }
}
