/** Streams of the records of Kafka topics, and topics that take each batch of a stream exactly once. */
@NullMarked
package io.dstream.kafka;

import org.jspecify.annotations.NullMarked;
