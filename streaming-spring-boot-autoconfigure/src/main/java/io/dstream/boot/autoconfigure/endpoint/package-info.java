/** Auto-configuration of the actuator endpoint. */
@NullMarked
package io.dstream.boot.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
