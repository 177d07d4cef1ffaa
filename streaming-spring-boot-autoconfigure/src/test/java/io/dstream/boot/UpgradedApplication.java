package io.dstream.boot;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A service that has a new version: counts words, in the second version twice. A process of its own in a test. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class UpgradedApplication {

    public static void main(String[] arguments) {
        SpringApplication.run(UpgradedApplication.class, arguments);
    }

    @Bean
    @StreamPipeline("words")
    StreamDefinition wordsPipeline(@Value("${version}") int version) {
        return streams -> {
            ConcurrentLinkedQueue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
            queue.add(streams.parallelize(List.of("a")));
            DStream<String> words = streams.queueStream(queue);
            for (int i = 0; i < version; i++) {
                counted(words).print();
            }
        };
    }

    private static PairDStream<String, Long> counted(DStream<String> words) {
        return words.mapToPair(word -> Pair.of(word, 1L))
                .updateStateByKey(
                        (List<Long> values, Optional<Long> state) -> Optional.of(state.orElse(0L) + values.size()));
    }
}
