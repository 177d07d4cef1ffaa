package io.dstream.boot.health;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.ReceiverInfo;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** The health of one pipeline, from memory alone: down when it has halted or gets nothing through. */
final class PipelineHealthIndicator extends AbstractHealthIndicator {

    private final StreamingContext pipeline;

    PipelineHealthIndicator(StreamingContext pipeline) {
        super("Health check of pipeline '" + pipeline.name() + "' failed");
        this.pipeline = pipeline;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        PipelineInfo info = pipeline.info();
        addStatus(health, info);
        addDetails(health, info);
        lastEnded().ifPresent(batch -> health.withDetail("lastBatch", describe(batch)));
    }

    private static void addStatus(Health.Builder health, PipelineInfo info) {
        switch (info.state()) {
            case ACTIVE, WAITING, FAILED -> addRunStatus(health, info);
            case STOPPING -> health.outOfService();
            case INITIALIZED, STOPPED -> health.unknown();
        }
    }

    private static void addRunStatus(Health.Builder health, PipelineInfo info) {
        Throwable problem = info.problem();
        Optional<String> receiverError = receiverError(info);
        if (problem != null) {
            health.down().withDetail("error", problem.toString()); // down(problem) would log a trace at every request
        } else if (receiverError.isPresent()) {
            health.down().withDetail("error", receiverError.get());
        } else {
            health.up();
        }
    }

    private static Optional<String> receiverError(PipelineInfo info) {
        return info.receivers().stream()
                .filter(receiver -> !receiver.active() && receiver.lastError() != null)
                .map(receiver -> "Receiver of input '" + receiver.input() + "': " + receiver.lastError())
                .findFirst();
    }

    private static void addDetails(Health.Builder health, PipelineInfo info) {
        health.withDetail("state", info.state().name())
                .withDetail("batchInterval", info.batchInterval().toMillis() + "ms")
                .withDetail("batchesWaiting", info.batchesWaiting());
        if (!info.receivers().isEmpty()) {
            health.withDetail(
                    "receivers",
                    info.receivers().stream()
                            .map(PipelineHealthIndicator::describe)
                            .toList());
        }
    }

    private Optional<BatchInfo> lastEnded() {
        return pipeline.batches().stream()
                .filter(batch -> batch.status().isEnd())
                .findFirst();
    }

    private static Map<String, Object> describe(BatchInfo batch) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("time", batch.batchTime().toString());
        details.put("status", batch.status().name());
        putIfKnown(
                details,
                "totalDelay",
                batch.totalDelay() == null ? null : batch.totalDelay().toMillis() + "ms");
        return details;
    }

    private static Map<String, Object> describe(ReceiverInfo receiver) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("input", receiver.input());
        details.put("state", receiver.state().name());
        details.put("active", receiver.active());
        details.put("restarts", receiver.restarts());
        putIfKnown(details, "lastError", receiver.lastError());
        return details;
    }

    private static void putIfKnown(Map<String, Object> details, String key, @Nullable Object value) {
        if (value != null) {
            details.put(key, value);
        }
    }
}
