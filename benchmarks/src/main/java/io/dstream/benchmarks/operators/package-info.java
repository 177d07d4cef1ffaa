/** What single operators and shuffles take and allocate, in small; the comparisons with plain Java are one package up. */
@NullMarked
package io.dstream.benchmarks.operators;

import org.jspecify.annotations.NullMarked;
