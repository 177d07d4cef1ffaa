package io.dstream.benchmarks;

import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;

/** A process that sends records to a topic, evenly over time. */
final class KafkaSender {

    private KafkaSender() {}

    /** Arguments: brokers, topic, how many records per second, and how many in all. */
    public static void main(String[] args) throws InterruptedException {
        KafkaTopic topic = new KafkaTopic(args[0], args[1]);
        long perSecond = Long.parseLong(args[2]);
        long records = Long.parseLong(args[3]);
        try (KafkaProducer<String, String> producer = topic.producer()) {
            long start = System.nanoTime();
            for (long sent = 0; sent < records; ) {
                long due = Math.min(records, (long) ((System.nanoTime() - start) / 1e9 * perSecond));
                for (; sent < due; sent++) {
                    Future<?> unused = producer.send(topic.record(sent));
                }
                Thread.sleep(1);
            }
        }
    }
}
