/** The kit to test pipelines with: a context driven by hand, batch by batch, without sleeping. */
@NullMarked
package io.dstream.test;

import org.jspecify.annotations.NullMarked;
