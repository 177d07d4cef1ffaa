/** How an application declares its pipelines. */
@NullMarked
package io.dstream.boot;

import org.jspecify.annotations.NullMarked;
