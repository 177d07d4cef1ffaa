package io.dstream.storage;

import java.util.List;

/**
 * A record of a journal.
 *
 * @param type what it is; 0 belongs to the journal itself
 * @param parts its bytes, one array after the other, so that long ones need not be copied; they must not change
 */
record JournalRecord(byte type, List<byte[]> parts) {

    JournalRecord(byte type, byte[] payload) {
        this(type, List.of(payload));
    }

    /** How many bytes it has. */
    int length() {
        int length = 0;
        for (byte[] part : parts) {
            length = Math.addExact(length, part.length);
        }
        return length;
    }
}
