/** Now, waiting, and the threads that wait. */
@NullMarked
package io.dstream.time;

import org.jspecify.annotations.NullMarked;
