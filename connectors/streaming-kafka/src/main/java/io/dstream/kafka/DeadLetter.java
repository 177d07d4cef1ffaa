package io.dstream.kafka;

import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A record that has failed, as it is sent.
 *
 * @param bootstrapServers where its topic is
 * @param record key and value as bytes
 */
record DeadLetter(String bootstrapServers, ProducerRecord<byte[], byte[]> record) {}
