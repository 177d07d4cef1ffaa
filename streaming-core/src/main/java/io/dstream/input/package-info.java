/** Where a batch's records come from: the connector SPI and the queue source. */
@NullMarked
package io.dstream.input;

import org.jspecify.annotations.NullMarked;
