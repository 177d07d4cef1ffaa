/** Streams of the records of Kafka topics. */
@NullMarked
package io.dstream.kafka;

import org.jspecify.annotations.NullMarked;
