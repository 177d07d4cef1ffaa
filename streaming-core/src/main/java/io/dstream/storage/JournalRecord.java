package io.dstream.storage;

/**
 * A record of a journal.
 *
 * @param type what it is; 0 belongs to the journal itself
 * @param payload its bytes; they must not change
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record JournalRecord(byte type, byte[] payload) {}
