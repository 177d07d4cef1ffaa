/** The embedded engine: runs plans on threads of this process. */
@NullMarked
package io.dstream.local;

import org.jspecify.annotations.NullMarked;
