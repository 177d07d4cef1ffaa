package io.dstream.storage;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers the last allocated batch; nothing else, because a run without a directory begins empty. */
final class MemoryBatchLog implements BatchLog {

    private volatile @Nullable Instant lastAllocated; // written by the ticker thread

    @Override
    public @Nullable Instant lastAllocated() {
        return lastAllocated;
    }

    @Override
    public Progress progress(String input) {
        return Progress.none();
    }

    @Override
    public void allocated(Instant batchTime, Map<String, Map<String, String>> positions) {
        lastAllocated = batchTime;
    }

    @Override
    public void committed(Instant batchTime) {}
}
