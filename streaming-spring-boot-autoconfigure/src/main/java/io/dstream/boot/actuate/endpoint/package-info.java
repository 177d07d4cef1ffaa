/** Actuator endpoint that shows pipelines and their batches. */
@NullMarked
package io.dstream.boot.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
