/** What is written down about a pipeline so that it can go on where it stopped. */
@NullMarked
package io.dstream.storage;

import org.jspecify.annotations.NullMarked;
