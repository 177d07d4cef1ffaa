package io.dstream.rdd;

/** Where the rows of an RDD or of a stream's batches are kept once they are computed. */
public enum StorageLevel {

    /** Nowhere: they are computed for each action anew. */
    NONE,

    /** In memory, by reference. */
    MEMORY_ONLY
}
