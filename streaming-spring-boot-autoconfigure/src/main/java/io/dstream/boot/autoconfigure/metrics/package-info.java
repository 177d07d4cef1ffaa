/** Auto-configuration of the pipelines' meters. */
@NullMarked
package io.dstream.boot.autoconfigure.metrics;

import org.jspecify.annotations.NullMarked;
