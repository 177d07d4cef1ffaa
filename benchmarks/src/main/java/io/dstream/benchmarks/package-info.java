/** Workloads run by the engine and by plain Java side by side, as ratios of work per second of CPU. */
@NullMarked
package io.dstream.benchmarks;

import org.jspecify.annotations.NullMarked;
