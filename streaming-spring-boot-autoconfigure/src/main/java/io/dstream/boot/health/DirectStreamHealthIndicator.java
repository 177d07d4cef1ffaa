package io.dstream.boot.health;

import io.dstream.kafka.DirectStreamInfo;
import io.dstream.kafka.DirectStreamMonitor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * The health of the streams of Kafka topics, from memory alone: down when the brokers of one are away. A pipeline that is down
 * while this is up is stuck for other reasons.
 *
 * <p>Thread-safe.
 */
public final class DirectStreamHealthIndicator extends AbstractHealthIndicator {

    private final DirectStreamMonitor monitor;

    public DirectStreamHealthIndicator(DirectStreamMonitor monitor) {
        super("Health check of the streams of Kafka topics failed");
        this.monitor = monitor;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        List<DirectStreamInfo> streams = monitor.streams();
        if (streams.isEmpty()) {
            health.unknown();
        } else if (streams.stream().anyMatch(stream -> stream.problem() != null)) {
            health.down();
        } else {
            health.up();
        }
        streams.forEach(stream -> health.withDetail(stream.pipeline() + "/" + stream.input(), describe(stream)));
    }

    private static Map<String, Object> describe(DirectStreamInfo stream) {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("bootstrapServers", stream.bootstrapServers());
        details.put(
                "lag", stream.lag().values().stream().mapToLong(Long::longValue).sum());
        details.put("lostRecords", stream.lostRecords());
        details.put("skippedRecords", stream.skippedRecords());
        details.put("deadLetters", stream.deadLetters());
        if (stream.problem() != null) {
            details.put("error", stream.problem());
        }
        if (stream.commitProblem() != null) {
            details.put("commitError", stream.commitProblem());
        }
        return details;
    }
}
