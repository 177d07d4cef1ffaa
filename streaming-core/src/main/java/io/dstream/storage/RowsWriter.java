package io.dstream.storage;

import java.io.IOException;

/** Takes rows one by one that are to be kept. Used by one thread. */
interface RowsWriter<T> extends AutoCloseable {

    void add(T row) throws IOException;

    /** The rows so far, which are kept from now on. */
    StoredRows<T> finish() throws IOException;

    /** Forgets the rows, unless they were finished. */
    @Override
    void close();
}
