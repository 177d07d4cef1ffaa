/** Push inputs: receivers, the blocks they fill, and the source that hands blocks to batches. */
@NullMarked
package io.dstream.receiver;

import org.jspecify.annotations.NullMarked;
