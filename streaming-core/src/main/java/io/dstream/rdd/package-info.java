/** A partitioned, immutable, lazily computed collection, described as a plan that knows nothing of time or threads. */
@NullMarked
package io.dstream.rdd;

import org.jspecify.annotations.NullMarked;
