package io.dstream.storage;

import java.nio.ByteBuffer;

/**
 * A record as it is read from a segment.
 *
 * @param where it is
 * @param type what it is
 * @param isLast whether it is the last of its group
 * @param durable length up to which the segment was known to be forced when it was written
 * @param payload its bytes, until the next record is read
 */
record StoredRecord(RecordPlace where, byte type, boolean isLast, long durable, ByteBuffer payload) {}
