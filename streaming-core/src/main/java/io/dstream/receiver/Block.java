package io.dstream.receiver;

import java.util.List;

/** Records that were stored one after the other; they become one partition. */
record Block<T>(List<T> records) {

    int size() {
        return records.size();
    }

    /** The first records of it. */
    Block<T> head(int size) {
        return new Block<>(records.subList(0, size));
    }

    /** The records after the first. */
    Block<T> tail(int size) {
        return new Block<>(records.subList(size, records.size()));
    }
}
