package io.dstream.benchmarks;

/** A number that can be changed in place. */
final class Counter {

    long value;
}
