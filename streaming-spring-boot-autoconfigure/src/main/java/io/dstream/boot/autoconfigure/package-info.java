/** Auto-configuration of the streaming context, its pipelines and their lifecycle. */
@NullMarked
package io.dstream.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
