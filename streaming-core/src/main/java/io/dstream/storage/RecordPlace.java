package io.dstream.storage;

/**
 * Where a record is.
 *
 * @param file the name of the file
 * @param segment the number of the segment that the file is
 * @param offset of the record in the file, in bytes
 */
record RecordPlace(String file, long segment, long offset) {}
