/** Rows of streams in databases, each batch exactly once. */
@NullMarked
package io.dstream.jdbc;

import org.jspecify.annotations.NullMarked;
