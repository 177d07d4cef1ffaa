package io.dstream.sample;

import java.io.IOException;
import org.apache.kafka.clients.admin.NewTopic;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.config.TopicBuilder;
import org.springframework.kafka.core.KafkaTemplate;

/** The topics, which are made if they are missing, and who speaks to the first of them. */
@Configuration(proxyBeanMethods = false)
@Profile("kafka")
@EnableConfigurationProperties(SourceProperties.class)
class KafkaConfiguration {

    @Bean
    NewTopic lines() {
        return TopicBuilder.name(KafkaWordCount.LINES).partitions(2).build();
    }

    @Bean
    NewTopic wordCounts() {
        return TopicBuilder.name(KafkaWordCount.COUNTS).partitions(2).build();
    }

    @Bean
    TopicSpeaker topicSpeaker(KafkaTemplate<String, String> kafka, SourceProperties properties) throws IOException {
        return new TopicSpeaker(kafka, KafkaWordCount.LINES, Text.lines(), properties.linesPerSecond());
    }
}
