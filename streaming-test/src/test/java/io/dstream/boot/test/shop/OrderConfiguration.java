package io.dstream.boot.test.shop;

import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.receiver.Receiver;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Saves orders that come from a queue that tests do not have. */
@Configuration(proxyBeanMethods = false)
class OrderConfiguration {

    @Bean
    @StreamPipeline("orders")
    StreamDefinition orders(OrderStore store) {
        return streams -> streams.receiverStream(new OrderReceiver())
                .named("incoming")
                .filter(order -> !order.isBlank())
                .foreachRDD(rdd -> store.save(rdd.collect()));
    }

    private static final class OrderReceiver extends Receiver<String> {

        @Override
        protected void onStart() {
            throw new IllegalStateException("there is no queue here");
        }

        @Override
        protected void onStop() {}
    }
}
