/** Meters of the pipelines. */
@NullMarked
package io.dstream.boot.metrics;

import org.jspecify.annotations.NullMarked;
