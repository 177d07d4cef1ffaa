/** Auto-configuration of the pipelines' health. */
@NullMarked
package io.dstream.boot.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
