/** A Kafka broker in a process of its own. */
@NullMarked
package io.dstream.kafka.broker;

import org.jspecify.annotations.NullMarked;
