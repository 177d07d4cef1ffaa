/** Health of the pipelines. */
@NullMarked
package io.dstream.boot.health;

import org.jspecify.annotations.NullMarked;
