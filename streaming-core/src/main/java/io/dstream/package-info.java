/** What a user types: contexts, streams and their configuration. */
@NullMarked
package io.dstream;

import org.jspecify.annotations.NullMarked;
