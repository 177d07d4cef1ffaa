package io.dstream.sample;

import io.dstream.kafka.broker.KafkaBroker;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** A Kafka broker of our own if none is configured. The packaged jar has no broker. */
@Configuration(proxyBeanMethods = false)
@Profile("kafka")
@Conditional(OwnBrokerConfiguration.NoneIsConfigured.class)
@ConditionalOnClass(KafkaBroker.class)
class OwnBrokerConfiguration {

    private static final Logger log = LoggerFactory.getLogger(OwnBrokerConfiguration.class);

    /** Its data outlive it, as the checkpoint and the database do. */
    @Bean
    KafkaBroker kafkaBroker(@Value("${sample.kafka.directory}") Path directory) {
        KafkaBroker broker = KafkaBroker.startIn(directory.resolve("broker"));
        log.info("The sample's own broker is at {}", broker.bootstrapServers());
        return broker;
    }

    @Bean
    KafkaConnectionDetails kafkaConnectionDetails(KafkaBroker broker) {
        return () -> List.of(broker.bootstrapServers());
    }

    static final class NoneIsConfigured implements Condition {

        private static final String SERVERS = "spring.kafka.bootstrap-servers";

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !Binder.get(context.getEnvironment())
                    .bind(SERVERS, Bindable.listOf(String.class))
                    .isBound();
        }
    }
}
