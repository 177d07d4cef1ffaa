/** What a listener sees of pipelines, batches, outputs and receivers, as records. */
@NullMarked
package io.dstream.event;

import org.jspecify.annotations.NullMarked;
