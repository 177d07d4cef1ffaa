package io.dstream.sample;

import java.io.IOException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Another server if there is a port to read from, a server of our own if not. */
@Configuration(proxyBeanMethods = false)
@Profile("!kafka")
@EnableConfigurationProperties(SourceProperties.class)
class SourceConfiguration {

    @Bean
    @ConditionalOnProperty(name = "sample.source.port", havingValue = "0", matchIfMissing = true)
    LineServer lineServer(SourceProperties properties) throws IOException {
        return new LineServer(Text.lines(), properties.linesPerSecond());
    }

    @Bean
    LineSource lineSource(ObjectProvider<LineServer> ownServer, SourceProperties properties) {
        LineServer own = ownServer.getIfAvailable();
        return own != null ? own.source() : new LineSource(properties.host(), properties.port());
    }
}
