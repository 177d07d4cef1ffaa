package io.dstream.rdd;

import java.util.Iterator;
import java.util.List;

/** Rows in memory. */
@SuppressWarnings("serial") // a list of serializable rows is serializable in practice
record ListPartition<T>(List<T> rows) implements InputPartition<T> {

    @Override
    public Iterator<T> open() {
        return rows.iterator();
    }

    @Override
    public long size() {
        return rows.size();
    }
}
