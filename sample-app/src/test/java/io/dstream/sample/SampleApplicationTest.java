package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.SmartLifecycle;
import org.springframework.test.web.servlet.client.RestTestClient;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ExtendWith(OutputCaptureExtension.class)
class SampleApplicationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @LocalServerPort
    private int port;

    @Autowired
    private LineServer lineServer;

    @Autowired
    @Qualifier("streamingLifecycle")
    private SmartLifecycle streaming;

    private RestTestClient http;

    @BeforeEach
    void useRealHttp() {
        http = RestTestClient.bindToServer()
                .baseUrl("http://localhost:" + port + "/actuator")
                .build();
    }

    @Test
    void wordsAreCountedAndPrinted(CapturedOutput output) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(output.getOut())
                .containsPattern("-{43}\\R" + "Time: \\d+000 ms\\R" + "-{43}\\R" + "(\\([a-z']+,\\d+\\)\\R){10}"
                        + "\\.\\.\\.\\R\\R"));
    }

    @Test
    void healthShowsThePipeline() {
        await().atMost(PATIENCE).untilAsserted(() -> http.get()
                .uri("/health")
                .exchange()
                .expectBody()
                .jsonPath("$.components.streaming.components.word-count.status")
                .isEqualTo("UP"));
    }

    @Test
    void theEndpointShowsBatchesWithRecords() {
        await().atMost(PATIENCE).untilAsserted(() -> http.get()
                .uri("/streaming")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .jsonPath("$.pipelines[?(@.name == 'word-count')].batches[?(@.records > 0)]")
                .isNotEmpty());
    }

    @Test
    void prometheusHasTheTimesOfBatches() {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(http.get()
                        .uri("/prometheus")
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .returnResult(String.class)
                        .getResponseBody())
                .containsPattern("streaming_batch_seconds_count\\{.*pipeline=\"word-count\".*} [1-9]"));
    }

    @Test
    void theLineServerStartsBeforeStreamingAndStopsAfterIt() {
        assertThat(lineServer.getPhase()).isLessThan(streaming.getPhase());
    }
}
