/** What it takes to run plans: the SPI between the scheduler and whatever computes. */
@NullMarked
package io.dstream.engine;

import org.jspecify.annotations.NullMarked;
