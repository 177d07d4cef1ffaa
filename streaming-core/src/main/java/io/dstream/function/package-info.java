/** Serializable functional interfaces that may throw. */
@NullMarked
package io.dstream.function;

import org.jspecify.annotations.NullMarked;
