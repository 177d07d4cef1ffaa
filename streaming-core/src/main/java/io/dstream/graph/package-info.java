/** The finished description of a pipeline: pure nodes, made once, never changed. */
@NullMarked
package io.dstream.graph;

import org.jspecify.annotations.NullMarked;
