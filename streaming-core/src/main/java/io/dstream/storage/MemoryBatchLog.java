package io.dstream.storage;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Remembers the last allocated batch; a commit leaves no trace, because nothing recovers from memory. */
final class MemoryBatchLog implements BatchLog {

    private volatile @Nullable Instant lastAllocated; // written by the ticker thread

    @Override
    public @Nullable Instant lastAllocated() {
        return lastAllocated;
    }

    @Override
    public void allocated(Instant batchTime) {
        lastAllocated = batchTime;
    }

    @Override
    public void committed(Instant batchTime) {}
}
