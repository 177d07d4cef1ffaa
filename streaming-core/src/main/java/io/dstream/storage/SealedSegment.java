package io.dstream.storage;

/**
 * A segment to which nothing is added any more.
 *
 * @param number of the segment
 * @param length up to which it counts, in bytes: what is behind was never promised to anybody
 */
record SealedSegment(long number, long length) {}
