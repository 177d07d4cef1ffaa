package io.dstream.storage;

import io.dstream.rdd.InputPartition;
import java.io.IOException;
import java.util.Iterator;

/** Some of the rows that are kept somewhere. */
@SuppressWarnings("serial") // a process reads what it has kept itself
record StoredPartition<T>(StoredRows<T> rows, int from, int until) implements InputPartition<T> {

    @Override
    public Iterator<T> open() throws IOException {
        return rows.open(from, until);
    }

    @Override
    public long size() {
        return (long) until - from;
    }
}
