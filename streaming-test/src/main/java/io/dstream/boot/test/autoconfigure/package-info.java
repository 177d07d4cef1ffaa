/** A slice of a Spring Boot application that tests its pipelines alone. */
@NullMarked
package io.dstream.boot.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
