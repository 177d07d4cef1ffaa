/** Word count in a Spring Boot service, with a source of lines of its own: the first thing to run and to read. */
@NullMarked
package io.dstream.sample;

import org.jspecify.annotations.NullMarked;
