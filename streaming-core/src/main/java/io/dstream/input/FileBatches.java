package io.dstream.input;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Which files the batches have that have not ended.
 *
 * <p>Thread-safe: files are added by the ticker thread and read by the batch thread.
 */
final class FileBatches<T> {

    // Mutable state, guarded by this
    private final Map<Instant, List<FileVersion>> versions = new HashMap<>();
    private final Map<Instant, List<TakenFile<T>>> begun = new HashMap<>(); // of the batches whose files are read

    synchronized void put(Instant batchTime, List<FileVersion> files) {
        versions.put(batchTime, files);
    }

    /** The files of a batch, ready to be read; the same ones at each call. */
    synchronized List<TakenFile<T>> read(Instant batchTime, Function<FileVersion, TakenFile<T>> begin) {
        return begun.computeIfAbsent(batchTime, time -> versions.getOrDefault(time, List.of()).stream()
                .map(begin)
                .toList());
    }

    /** The files of a batch as far as they are read; empty if it was not begun. */
    synchronized List<TakenFile<T>> begun(Instant batchTime) {
        return begun.getOrDefault(batchTime, List.of());
    }

    synchronized void release(Instant upTo) {
        versions.keySet().removeIf(time -> !time.isAfter(upTo));
        begun.keySet().removeIf(time -> !time.isAfter(upTo));
    }
}
