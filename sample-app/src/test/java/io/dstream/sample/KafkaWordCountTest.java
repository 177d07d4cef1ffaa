package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.client.RestTestClient;

/** From a topic of a real broker to another topic and to a database. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "sample.source.lines-per-second=200",
            "streaming.batch-interval=200ms",
            "spring.kafka.consumer.isolation-level=read_committed"
        })
@ActiveProfiles("kafka")
@DirtiesContext // ends the broker
class KafkaWordCountTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    @LocalServerPort
    private int port;

    @Autowired
    private TopicSpeaker speaker;

    @Autowired
    @Qualifier("streamingLifecycle")
    private SmartLifecycle streaming;

    @Autowired
    private ConsumerFactory<String, String> consumers;

    @Autowired
    private JdbcClient database;

    private RestTestClient http;

    @DynamicPropertySource
    static void keepDataThere(DynamicPropertyRegistry registry) {
        registry.add("sample.kafka.directory", directory::toString);
    }

    @BeforeEach
    void useRealHttp() {
        http = RestTestClient.bindToServer().baseUrl("http://localhost:" + port).build();
    }

    @Test
    void everyWordOfTheTopicIsCountedOnceInTheOtherTopicAndInTheDatabase() {
        await().atMost(PATIENCE).until(() -> total(totals()) > 500);
        speaker.stop();
        Map<String, Long> spoken = spoken();

        await().atMost(PATIENCE).until(() -> total(totals()) >= total(spoken));
        await().atMost(PATIENCE).until(() -> total(counted()) >= total(spoken));

        assertThat(totals()).isEqualTo(spoken);
        assertThat(counted()).isEqualTo(spoken);
        http.get()
                .uri("/words")
                .exchange()
                .expectBody()
                .jsonPath("$[0].n")
                .isEqualTo(spoken.values().stream().max(Long::compare).orElseThrow());
    }

    @Test
    void healthShowsThePipelineTheBrokerAndTheDatabase() {
        await().atMost(PATIENCE).untilAsserted(() -> http.get()
                .uri("/actuator/health")
                .exchange()
                .expectBody()
                .jsonPath("$.components.streaming.components.kafka-word-count.status")
                .isEqualTo("UP")
                .jsonPath("$.components.streamingKafka.status")
                .isEqualTo("UP")
                .jsonPath("$.components.db.status")
                .isEqualTo("UP"));
    }

    @Test
    void theSpeakerStartsBeforeStreamingAndStopsAfterIt() {
        assertThat(speaker.getPhase()).isLessThan(streaming.getPhase());
    }

    private Map<String, Long> totals() {
        Map<String, Long> totals = new HashMap<>();
        database.sql("select word, n from totals").query(row -> {
            totals.put(row.getString(1), row.getLong(2));
        });
        return totals;
    }

    private Map<String, Long> counted() {
        Map<String, Long> counted = new HashMap<>();
        read(KafkaWordCount.COUNTS)
                .forEach(count -> counted.merge(count.key(), Long.valueOf(count.value()), Long::sum));
        return counted;
    }

    private Map<String, Long> spoken() {
        Map<String, Long> spoken = new HashMap<>();
        read(KafkaWordCount.LINES)
                .flatMap(line ->
                        Arrays.stream(line.value().toLowerCase(Locale.ROOT).split("[^a-z0-9']+", -1)))
                .filter(word -> !word.isEmpty())
                .forEach(word -> spoken.merge(word, 1L, Long::sum));
        return spoken;
    }

    private static long total(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What is committed. */
    private Stream<ConsumerRecord<String, String>> read(String topic) {
        Stream.Builder<ConsumerRecord<String, String>> records = Stream.builder();
        try (Consumer<String, String> consumer = consumers.createConsumer("test", "")) {
            var partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records.build();
    }
}
