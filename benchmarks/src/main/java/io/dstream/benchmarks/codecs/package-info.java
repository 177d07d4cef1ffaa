/** The codec beside the serialization libraries it was chosen from. */
@NullMarked
package io.dstream.benchmarks.codecs;

import org.jspecify.annotations.NullMarked;
