package io.dstream.scheduler;

import io.dstream.function.Function;
import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.PartFiles;
import io.dstream.rdd.Plan;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * The rows of a remembered stream in a batch: those of the RDD that the batch makes, and from its end on those of the pane
 * that was made of it, so that nothing else of the batch has to be kept for them.
 *
 * <p>Thread-safe: changed by the batch thread alone, once.
 */
final class RememberedRows<T> implements Supplier<RDD<T>> {

    private final RDD<T> rdd;

    // Mutable state, written by the batch thread
    private volatile RDD<T> rows;
    private volatile RunScope scope;

    /**
     * @param made what the batch has made
     * @param scope that of the batch
     * @param name the id of the stream
     */
    RememberedRows(RDD<T> made, RunScope scope, String name) {
        this.rows = made;
        this.scope = scope;
        this.rdd = RDD.deferred(
                new CurrentScope(), name, made.getNumPartitions(), made.plan().isPartitionedByKey(), this);
    }

    /** What the batch gives to all who ask; it stays when the batch has ended. */
    RDD<T> rdd() {
        return rdd;
    }

    @Override
    public RDD<T> get() {
        return rows;
    }

    /**
     * Has the rows come from a pane from now on.
     *
     * @param paneScope open as long as the pane is kept
     */
    void outliveBatch(RDD<T> pane, RunScope paneScope) {
        rows = pane; // first, because it can be read in either scope
        scope = paneScope;
    }

    /** The scope of the batch, and that of the pane from then on. */
    private final class CurrentScope implements RunScope {

        @Override
        public <S, R> List<R> run(Plan<S> plan, int from, int until, Function<Iterator<S>, R> task) {
            return scope.run(plan, from, until, task);
        }

        @Override
        public <R> R attempt(Callable<R> step) throws Exception {
            return scope.attempt(step);
        }

        @Override
        public <R> R attempt(DeadLetterOutput output, Callable<R> step) throws Exception {
            return scope.attempt(output, step);
        }

        @Override
        public void share(Plan<?> plan) {
            scope.share(plan);
        }

        @Override
        public void rehearseCommit() {
            scope.rehearseCommit();
        }

        @Override
        public Map<String, Object> rehearsedTotals() {
            return scope.rehearsedTotals();
        }

        @Override
        public void commit() {
            scope.commit();
        }

        @Override
        public void keep(Plan<?> plan, StorageLevel level) {
            scope.keep(plan, level);
        }

        @Override
        public void keepToEnd(Plan<?> plan, StorageLevel level) {
            scope.keepToEnd(plan, level);
        }

        @Override
        public void drop(Plan<?> plan) {
            scope.drop(plan);
        }

        @Override
        public boolean isDroppable(Plan<?> plan) {
            return scope.isDroppable(plan);
        }

        @Override
        public StorageLevel levelOf(Plan<?> plan) {
            return scope.levelOf(plan);
        }

        @Override
        public <S> PartFiles.Writer<S> objectWriter() {
            return scope.objectWriter();
        }

        @Override
        public int defaultPartitions() {
            return scope.defaultPartitions();
        }

        @Override
        public boolean outlivesBatches() {
            return scope.outlivesBatches();
        }

        @Override
        public void requireOpen(String stream) {
            scope.requireOpen(stream);
        }

        @Override
        public void close() {
            scope.close();
        }
    }
}
