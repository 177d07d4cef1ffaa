package io.dstream.rdd;

/** Where rows are kept: those of an RDD or of a stream's batches once they are computed, and those that a receiver stored. */
public enum StorageLevel {

    /** Nowhere: they are computed for each action anew. */
    NONE,

    /** In memory, by reference. */
    MEMORY_ONLY,

    /**
     * In memory, as the bytes that the codec makes of them: they take less room, and every reader gets objects of its own, made
     * anew.
     */
    MEMORY_ONLY_SER,

    /** In memory, by reference, as long as there is room, and in files beyond that. */
    MEMORY_AND_DISK,

    /** In files. */
    DISK_ONLY;

    /** Whether rows may have to become bytes, which those of allowed classes can. */
    public boolean needsCodec() {
        return this == MEMORY_ONLY_SER || usesDisk();
    }

    /** Whether rows may be in files. */
    public boolean usesDisk() {
        return this == MEMORY_AND_DISK || this == DISK_ONLY;
    }
}
