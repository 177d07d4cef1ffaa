/** A small application, and tests of its pipelines as a user writes them. */
@NullMarked
package io.dstream.boot.test.shop;

import org.jspecify.annotations.NullMarked;
