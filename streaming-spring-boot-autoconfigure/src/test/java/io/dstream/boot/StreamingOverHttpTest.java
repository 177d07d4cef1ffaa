package io.dstream.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.dstream.StreamingContext;
import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.web.servlet.client.RestTestClient;

/** What an operator sees of a running service. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoints.web.exposure.include=health,streaming,prometheus",
            "management.endpoint.health.show-details=always",
            "streaming.batch-interval=50ms",
            "streaming.failure.backoff=10ms",
            "streaming.pipelines.failing.auto-startup=false"
        })
class StreamingOverHttpTest {

    private final RestTestClient client;
    private final StreamingContext words;
    private final StreamingContext failing;
    private final Queue<RDD<String>> lines;

    @Autowired
    StreamingOverHttpTest(
            @LocalServerPort int port,
            @Qualifier("words") StreamingContext words,
            @Qualifier("failing") StreamingContext failing,
            Queue<RDD<String>> lines) {
        this.client = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port + "/actuator")
                .build();
        this.words = words;
        this.failing = failing;
        this.lines = lines;
    }

    @BeforeEach
    void countWords() {
        if (received() == 0) {
            lines.add(words.parallelize(List.of("to be", "or not", "to be"), 2));
        }
        await().until(() -> received() == 3);
    }

    @Test
    void healthHasAChildPerPipeline() {
        client.get()
                .uri("/health/streaming")
                .exchange()
                .expectBody()
                .jsonPath("$.components.words.status")
                .isEqualTo("UP")
                .jsonPath("$.components.words.details.state")
                .isEqualTo("ACTIVE")
                .jsonPath("$.components.words.details.lastBatch.status")
                .isEqualTo("COMMITTED")
                .jsonPath("$.components.failing.status")
                .exists();
    }

    @Test
    void aFailedPipelineMakesTheServiceUnhealthyAndLeavesTheOtherUp() {
        failing.start();
        await().until(() -> failing.info().state() == State.FAILED);
        client.get()
                .uri("/health")
                .exchange()
                .expectStatus()
                .isEqualTo(503)
                .expectBody()
                .jsonPath("$.components.streaming.components.failing.status")
                .isEqualTo("DOWN")
                .jsonPath("$.components.streaming.components.failing.details.error")
                .isEqualTo("java.lang.IllegalStateException: no luck")
                .jsonPath("$.components.streaming.components.words.status")
                .isEqualTo("UP");
        client.get()
                .uri("/streaming/failing")
                .exchange()
                .expectBody()
                .jsonPath("$.state")
                .isEqualTo("FAILED")
                .jsonPath("$.problem")
                .isEqualTo("java.lang.IllegalStateException: no luck")
                .jsonPath("$.batches[0].status")
                .isEqualTo("FAILED")
                .jsonPath("$.batches[0].outputs[0].failureReason")
                .isEqualTo("java.lang.IllegalStateException: no luck");
    }

    @Test
    void theEndpointListsPipelinesWithTheirLastBatches() {
        client.get()
                .uri("/streaming")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.pipelines[0].name")
                .isEqualTo("words")
                .jsonPath("$.pipelines[0].state")
                .isEqualTo("ACTIVE")
                .jsonPath("$.pipelines[0].batchInterval")
                .isEqualTo(50)
                .jsonPath("$.pipelines[0].batches[0].status")
                .exists()
                .jsonPath("$.pipelines[1].name")
                .isEqualTo("failing");
    }

    @Test
    void theEndpointShowsAPipelineAndOneOfItsBatches() {
        String body = get("/streaming/words");
        List<Number> times = JsonPath.read(body, "$.batches[?(@.records == 3)].time");
        assertThat(times).hasSize(1);
        client.get()
                .uri("/streaming/words/batches/" + times.get(0).longValue())
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.records")
                .isEqualTo(3)
                .jsonPath("$.status")
                .isEqualTo("COMMITTED")
                .jsonPath("$.schedulingDelay")
                .isNumber()
                .jsonPath("$.processingDelay")
                .isNumber()
                .jsonPath("$.totalDelay")
                .isNumber()
                .jsonPath("$.outputs[0].output")
                .isEqualTo("foreachRDD-0");
        assertThat(body).doesNotContain("to be");
    }

    @Test
    void whatIsNotKnownIsNotFound() {
        client.get().uri("/streaming/orders").exchange().expectStatus().isNotFound();
        client.get().uri("/streaming/words/batches/1").exchange().expectStatus().isNotFound();
        client.get().uri("/streaming/words/records/1").exchange().expectStatus().isNotFound();
        client.get()
                .uri("/streaming/words/batches/yesterday")
                .exchange()
                .expectStatus()
                .isBadRequest();
    }

    @Test
    void prometheusHasEveryBatchAndRecord() {
        String metrics = get("/prometheus");
        assertThat(metrics)
                .contains("streaming_records_received_total{input=\"queue-0\",pipeline=\"words\"} 3.0")
                .contains("streaming_batches_waiting{pipeline=\"words\"}")
                .contains("streaming_batch_scheduling_delay_seconds_count{pipeline=\"words\"}")
                .contains("streaming_batch_processing_time_seconds_count{pipeline=\"words\"}")
                .contains("streaming_batch_total_delay_seconds_count{pipeline=\"words\"}");
        Matcher count = Pattern.compile(
                        "streaming_batch_seconds_count\\{outcome=\"committed\",pipeline=\"words\"} (\\d+)")
                .matcher(metrics);
        assertThat(count.find()).isTrue();
        assertThat(Integer.parseInt(count.group(1))).isPositive();
    }

    private long received() {
        return words.batches().stream()
                .mapToLong(batch -> batch.status().isEnd() ? batch.numRecords() : 0)
                .sum();
    }

    private String get(String path) {
        return client.get().uri(path).exchange().returnResult(String.class).getResponseBody();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Queue<RDD<String>> lines() {
            return new ConcurrentLinkedQueue<>();
        }

        @Bean
        @StreamPipeline("words")
        StreamDefinition wordsPipeline(Queue<RDD<String>> lines) {
            return streams -> streams.queueStream(lines)
                    .flatMap(line -> List.of(line.split(" ")).iterator())
                    .foreachRDD(rdd -> rdd.count());
        }

        @Bean
        @StreamPipeline("failing")
        StreamDefinition failingPipeline() {
            return streams -> streams.queueStream(new ConcurrentLinkedQueue<RDD<String>>())
                    .foreachRDD(rdd -> {
                        throw new IllegalStateException("no luck");
                    });
        }
    }
}
