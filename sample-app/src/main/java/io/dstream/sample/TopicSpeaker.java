package io.dstream.sample;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.KafkaException;
import org.springframework.kafka.core.KafkaTemplate;

/**
 * Speaks a text to a Kafka topic, line by line at a steady pace and over and over, from before the first stream starts until the last
 * has stopped. A line that cannot be sent is passed over. Thread-safe.
 */
final class TopicSpeaker implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(TopicSpeaker.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final KafkaTemplate<String, String> kafka;
    private final String topic;
    private final List<String> text;
    private final int linesPerSecond;

    // Mutable state, guarded by this
    private @Nullable Speech speech; // null while stopped

    TopicSpeaker(KafkaTemplate<String, String> kafka, String topic, List<String> text, int linesPerSecond) {
        this.kafka = kafka;
        this.topic = topic;
        this.text = text;
        this.linesPerSecond = linesPerSecond;
    }

    @Override
    public int getPhase() {
        return LineServer.PHASE;
    }

    @Override
    public synchronized void start() {
        if (speech == null) {
            speech = new Speech();
            speech.thread.start();
            log.info("Speaking {} lines a second to topic '{}'", linesPerSecond, topic);
        }
    }

    /** Returns when what was said has been sent. */
    @Override
    public synchronized void stop() {
        if (speech != null) {
            speech.end();
            kafka.flush();
            speech = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return speech != null;
    }

    /** From a start to a stop. */
    private final class Speech {

        private final Thread thread = new Thread(this::speak, "topic-speaker");
        private final CountDownLatch stopping = new CountDownLatch(1);

        private void end() {
            stopping.countDown();
            try {
                thread.join();
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }

        private void speak() {
            try {
                for (int next = 0; !stopping.await(SECOND / linesPerSecond, TimeUnit.NANOSECONDS); next++) {
                    send(text.get(next % text.size()));
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }

        private void send(String line) {
            try {
                var unused = kafka.send(topic, line); // the template logs what becomes of it
            } catch (KafkaException | org.apache.kafka.common.KafkaException failure) {
                log.warn("A line could not be sent: {}", failure.toString());
            }
        }
    }
}
