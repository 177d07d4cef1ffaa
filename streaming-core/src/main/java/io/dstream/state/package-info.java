/** Keyed state as the user sees it. */
@NullMarked
package io.dstream.state;

import org.jspecify.annotations.NullMarked;
