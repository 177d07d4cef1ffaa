package io.dstream.boot.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.input.SourceUnavailableException;
import io.dstream.rdd.RDD;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.scheduler.FailureSettings;
import io.dstream.scheduler.FailureSettings.Policy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/** Health says what is so. */
class StreamingHealthTest {

    private final StreamingContext root = new StreamingContext(StreamingConfig.defaults()
            .withBatchInterval(Duration.ofMillis(20))
            .withReceiver(ReceiverSettings.defaults()
                    .withBlockInterval(Duration.ofMillis(10))
                    .withRestartDelay(Duration.ofMillis(20))
                    .withMaxLineLength(1000))
            .withFailure(new FailureSettings(Policy.STOP, 2, Duration.ofMillis(10), failure -> false))
            .withShutdown(new StreamingConfig.Shutdown(true, Duration.ofSeconds(5))));
    private final StreamingContext pipeline = root.pipeline("orders");
    private final Queue<RDD<Integer>> queue = new ConcurrentLinkedQueue<>();
    private final StreamingHealthContributor contributor = new StreamingHealthContributor(root);

    @AfterEach
    void close() {
        root.stop(false, Duration.ZERO);
        root.close();
    }

    @Test
    void thereIsAChildForEveryPipelineAndForNothingElse() {
        root.pipeline("payments");
        assertThat(contributor.stream())
                .extracting(HealthContributors.Entry::name)
                .containsExactly("orders", "payments");
        assertThat(contributor.getContributor("invoices")).isNull();
    }

    @Test
    void aPipelineThatWasNotStartedIsUnknown() {
        pipeline.queueStream(queue).foreachRDD(rdd -> rdd.count());
        assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(health().getDetails()).containsEntry("state", "INITIALIZED").doesNotContainKey("lastBatch");
    }

    @Test
    void aPipelineThatRunsIsUpAndTellsItsLastBatch() {
        pipeline.queueStream(queue).foreachRDD(rdd -> rdd.count());
        pipeline.start();
        await().until(() -> health().getDetails().containsKey("lastBatch"));
        Health health = health();
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("state", "ACTIVE")
                .containsEntry("batchInterval", "20ms")
                .containsKey("batchesWaiting");
        assertThat(health.getDetails().get("lastBatch"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("status", "COMMITTED")
                .containsKeys("time", "totalDelay");
    }

    @Test
    void aStoppedPipelineIsUnknown() {
        pipeline.queueStream(queue).foreachRDD(rdd -> rdd.count());
        pipeline.start();
        pipeline.stop();
        assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
        assertThat(health().getDetails()).containsEntry("state", "STOPPED");
    }

    @Test
    void aPipelineThatStopsIsOutOfServiceUntilItHasStopped() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        pipeline.queueStream(queue).foreachRDD(rdd -> {
            running.countDown();
            mayEnd.await();
        });
        pipeline.start();
        running.await();
        Thread stop = new Thread(pipeline::stop);
        stop.start();
        await().until(() -> pipeline.info().state() == State.STOPPING);
        assertThat(health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
        mayEnd.countDown();
        stop.join();
        assertThat(health().getStatus()).isEqualTo(Status.UNKNOWN);
    }

    @Test
    void aFunctionThatThrowsTakesItsPipelineDownAndNoOther() {
        StreamingContext other = root.pipeline("payments");
        other.queueStream(new ConcurrentLinkedQueue<RDD<Integer>>()).foreachRDD(rdd -> rdd.count());
        queue.add(root.parallelize(List.of(1, 2, 3), 1));
        pipeline.queueStream(queue).map(StreamingHealthTest::failOnThird).foreachRDD(rdd -> rdd.count());
        root.start();
        await().until(() -> pipeline.info().state() == State.FAILED);
        assertThat(health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health().getDetails())
                .containsEntry("error", "java.lang.IllegalStateException: this is the third")
                .containsEntry("state", "FAILED");
        assertThat(health("payments").getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aPipelineThatWaitsForAnotherSystemIsDownUntilThatIsBack() {
        AtomicBoolean away = new AtomicBoolean(true);
        pipeline.queueStream(queue).foreachRDD(rdd -> {
            if (away.get()) {
                throw new SourceUnavailableException("The warehouse does not answer", null);
            }
        });
        pipeline.start();
        await().until(() -> pipeline.info().state() == State.WAITING);
        assertThat(health().getStatus()).isEqualTo(Status.DOWN);
        assertThat(health().getDetails().get("error").toString()).endsWith("The warehouse does not answer");
        away.set(false);
        await().until(() -> health().getStatus().equals(Status.UP));
    }

    @Test
    void aPortNobodyListensOnTakesThePipelineDownUntilSomebodyDoes() throws IOException {
        int port = freePort();
        pipeline.socketTextStream("127.0.0.1", port).foreachRDD(rdd -> rdd.count());
        pipeline.start();
        await().untilAsserted(() -> {
            Health health = health();
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails().get("error").toString())
                    .startsWith("Receiver of input 'socket-0': ")
                    .contains("Nobody listens at 127.0.0.1:" + port);
        });
        try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            server.accept();
            await().until(() -> health().getStatus().equals(Status.UP));
            assertThat(onlyReceiver()).containsEntry("input", "socket-0").containsEntry("active", true);
            assertThat((long) onlyReceiver().get("restarts")).isPositive();
        }
    }

    @Test
    void anErrorThatAReceiverOutlivesIsToldAndLeavesThePipelineUp() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            pipeline.socketTextStream("127.0.0.1", server.getLocalPort()).foreachRDD(rdd -> rdd.count());
            pipeline.start();
            try (var connection = server.accept()) {
                connection.getOutputStream().write(("x".repeat(1001) + "\n").getBytes(StandardCharsets.UTF_8));
                connection.getOutputStream().flush();
                await().until(() -> onlyReceiver().containsKey("lastError"));
                assertThat(onlyReceiver().get("lastError").toString()).contains("A line from 127.0.0.1:");
                assertThat(health().getStatus()).isEqualTo(Status.UP);
            }
        }
    }

    private static int failOnThird(int number) {
        if (number == 3) {
            throw new IllegalStateException("this is the third");
        }
        return number;
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> onlyReceiver() {
        return ((List<Map<String, Object>>) health().getDetails().get("receivers")).get(0);
    }

    private Health health() {
        return health("orders");
    }

    private Health health(String name) {
        return ((HealthIndicator) contributor.getContributor(name)).health();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
