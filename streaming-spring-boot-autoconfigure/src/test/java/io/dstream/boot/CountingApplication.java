package io.dstream.boot;

import io.dstream.receiver.Receiver;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A service that is killed by a test: counts what its receiver stores, as fast as that can. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class CountingApplication {

    static final String COUNTED = "counted ";
    static final String STORED = "stored ";

    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(CountingApplication.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.run(arguments);
    }

    @Bean
    @StreamPipeline("lines")
    StreamDefinition lines() {
        return streams -> streams.receiverStream(new NumberedLines())
                .foreachRDD(rdd -> System.out.println(COUNTED + rdd.count()));
    }

    private static final class NumberedLines extends Receiver<String> {

        @Override
        protected void onStart() throws InterruptedException {
            long stored = 0;
            try {
                while (!isStopped()) {
                    store("line " + stored);
                    stored++;
                }
            } finally { // store may be interrupted
                System.out.println(STORED + stored);
            }
        }

        @Override
        protected void onStop() {}
    }
}
