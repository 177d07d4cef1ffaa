package io.dstream.storage;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers the last allocated batch; nothing else, because a run without a directory begins empty. */
final class MemoryBatchLog implements BatchLog {

    private volatile @Nullable Instant lastAllocated; // written by the ticker thread

    @Override
    public boolean isKept() {
        return false;
    }

    @Override
    public Checkpoint checkpoint() {
        return Checkpoint.none(lastAllocated);
    }

    @Override
    public void begin(LoggedRun run) {}

    @Override
    public void allocated(LoggedBatch batch) {
        lastAllocated = batch.time();
    }

    @Override
    public void requireAllocated(Instant batchTime) {}

    @Override
    public BatchCommit commit(Instant batchTime) {
        return new Forgotten(batchTime);
    }

    @Override
    public void committed(BatchCommit commit) {}

    @Override
    public void close() {}

    /** Takes everything and keeps nothing. */
    private record Forgotten(Instant batchTime) implements BatchCommit {

        @Override
        public boolean isKept() {
            return false;
        }

        @Override
        public void states(String node, List<?> keys, List<? extends @Nullable Object> states, long[] dataTimes) {}

        @Override
        public void pane(String node, int partition, List<?> rows) {}

        @Override
        public void forgetPanes(String node, Instant upTo) {}

        @Override
        public void accumulator(String name, Object total) {}

        @Override
        public void released(String input, Instant upTo) {}

        @Override
        public void skipped() {}
    }
}
