package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * A directory of files, as logs use it: their only way to the disk, so that a test can cut the power at every step.
 *
 * <p>What was written to a file survives a power cut once the file is forced, and the names of files, once the names are.
 * Before that any part of it may. A file is written once, from its beginning to its end.
 *
 * <p>Thread-safe, but for its files.
 */
interface Disk {

    /** The names of the files, in no order. */
    List<String> list() throws IOException;

    /**
     * Makes a file, which only its owner may read.
     *
     * @throws java.nio.file.FileAlreadyExistsException if there is one of this name
     */
    Output create(String name) throws IOException;

    /**
     * Opens a file that is to be read.
     *
     * @throws java.nio.file.NoSuchFileException if there is none of this name
     */
    Input open(String name) throws IOException;

    /** Gives a file another name, in one step; what had that name is gone. */
    void rename(String from, String to) throws IOException;

    /** Takes a file away; does nothing if there is none of this name. */
    void delete(String name) throws IOException;

    /** Makes all names safe, those that are new and those that are gone. */
    void forceNames() throws IOException;

    /** Where a file is, for people. */
    String locate(String name);

    /** A file that is written. Used by one thread at a time. */
    interface Output extends Closeable {

        /** Appends bytes; if it fails, some of them may be there. */
        void write(byte[] bytes, int offset, int length) throws IOException;

        /** Makes what was written safe. After a failure nobody knows what is, and a second call may lie. */
        void force() throws IOException;
    }

    /** A file that is read. Used by one thread at a time. */
    interface Input extends Closeable {

        /** In bytes. */
        long size() throws IOException;

        /**
         * Reads bytes.
         *
         * @throws java.io.EOFException if the file has fewer
         */
        void read(long position, byte[] into, int offset, int length) throws IOException;
    }
}
