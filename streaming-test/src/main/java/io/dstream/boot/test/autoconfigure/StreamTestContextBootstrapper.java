package io.dstream.boot.test.autoconfigure;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Finds the application of a {@link StreamTest}. */
final class StreamTestContextBootstrapper extends TestSliceTestContextBootstrapper<StreamTest> {}
