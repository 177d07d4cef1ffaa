/** Runs a graph batch by batch: tick, allocate, plan, run, commit. */
@NullMarked
package io.dstream.scheduler;

import org.jspecify.annotations.NullMarked;
