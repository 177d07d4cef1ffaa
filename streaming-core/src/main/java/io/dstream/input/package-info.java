/** Where a batch's records come from: the connector SPI, and the sources of files and queues. */
@NullMarked
package io.dstream.input;

import org.jspecify.annotations.NullMarked;
