/** Where a batch's rows go exactly once: the connector SPI for outputs. */
@NullMarked
package io.dstream.output;

import org.jspecify.annotations.NullMarked;
