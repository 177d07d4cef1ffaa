package io.dstream.local;

import io.dstream.function.Function;
import io.dstream.rdd.DeadLetterOutput;
import io.dstream.rdd.PartFiles;
import io.dstream.rdd.Plan;
import io.dstream.rdd.RunScope;
import io.dstream.rdd.StorageLevel;
import io.dstream.rdd.UnitOfWork;
import io.dstream.storage.ObjectFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Runs plans on the engine's threads and keeps what their shuffles put out, so that a second action or output does not
 * shuffle again.
 */
final class LocalScope implements RunScope {

    private final LocalEngine engine;
    private final String name;
    private final boolean outlivesBatches;
    private final @Nullable UnitOfWork work; // null: its work counts at once

    // Mutable state, guarded by this
    private final IdentityHashMap<Plan<?>, Shuffled<?>> shuffles = new IdentityHashMap<>();
    private final Set<Plan<?>> shared = Collections.newSetFromMap(new IdentityHashMap<>());
    private final IdentityHashMap<Plan<?>, Optional<UnitOfWork>> kept =
            new IdentityHashMap<>(); // what each is a part of
    private final Set<Plan<?>> keptToEnd = Collections.newSetFromMap(new IdentityHashMap<>());
    private volatile boolean closed; // volatile to be looked at for each row

    LocalScope(LocalEngine engine, String name, boolean outlivesBatches, @Nullable UnitOfWork work) {
        this.engine = engine;
        this.name = name;
        this.outlivesBatches = outlivesBatches;
        this.work = work;
    }

    @Override
    public <T, R> List<R> run(Plan<T> plan, int from, int until, Function<Iterator<T>, R> task) {
        requireOpen("rows");
        if (outlivesBatches) { // what is kept for an action must not be kept for the life of the context
            return new LocalScope(engine, name, false, engine.currentWork()).run(plan, from, until, task);
        }
        prepare(plan);
        return engine.run(until - from, index -> runTask(plan, from + index, task), isWorthHelp(plan), currentWork());
    }

    @Override
    public <R> R attempt(Callable<R> step) throws Exception {
        return attempt(step, (OutputAttempt) null);
    }

    @Override
    public <R> R attempt(DeadLetterOutput output, Callable<R> step) throws Exception {
        OutputAttempt attempt = new OutputAttempt(output);
        try {
            return attempt(step, attempt);
        } catch (Throwable failure) {
            attempt.failed();
            throw failure;
        }
    }

    private <R> R attempt(Callable<R> step, @Nullable OutputAttempt outputAttempt) throws Exception {
        UnitOfWork attempt = new UnitOfWork(work);
        try {
            R result = engine.runInside(attempt, outputAttempt, step);
            attempt.done();
            return result;
        } catch (Throwable failure) {
            forget(attempt);
            throw failure;
        }
    }

    /** What was shuffled or kept as a part of an attempt has added to accumulators what is forgotten with it. */
    private synchronized void forget(UnitOfWork attempt) {
        shuffles.values().removeIf(shuffled -> isIn(shuffled.work(), attempt));
        List<Plan<?>> dropped = new ArrayList<>();
        kept.forEach((plan, part) -> {
            if (isIn(part.orElse(null), attempt)) {
                dropped.add(plan);
            }
        });
        dropped.forEach(this::drop);
    }

    private static boolean isIn(@Nullable UnitOfWork part, UnitOfWork attempt) {
        return part != null && part.isIn(attempt);
    }

    @Override
    public synchronized void share(Plan<?> plan) {
        if (shared.add(plan)) {
            plan.parents().forEach(this::share);
        }
    }

    @Override
    public void rehearseCommit() {
        if (work != null) {
            work.rehearse();
        }
    }

    @Override
    public Map<String, Object> rehearsedTotals() {
        return work == null ? Map.of() : work.totals();
    }

    @Override
    public void commit() {
        if (work != null) {
            work.done();
        }
    }

    /** Runs what must have run in whole before any partition of the plan can be read. */
    void prepare(Plan<?> plan) {
        if (computed(plan) != null) {
            return;
        }
        if (plan instanceof Plan.CombineByKey<?, ?, ?> combineByKey) {
            shuffle(combineByKey).prepare();
        } else if (plan instanceof Plan.PartitionByKey<?, ?> partitionByKey) {
            exchange(partitionByKey).prepare();
        } else if (plan instanceof Plan.Deferred<?> deferred) {
            prepare(deferred.result());
        } else {
            plan.parents().forEach(this::prepare);
        }
    }

    /** Whether the tasks of a plan may have work worth sharing: rows, or a function that works without any. */
    boolean isWorthHelp(Plan<?> plan) {
        KeptRows<?> computed = computed(plan);
        if (computed != null) {
            return computed.hasRows();
        }
        if (plan.worksWithoutRows()) {
            return true;
        }
        if (plan instanceof Plan.Source<?> source) {
            return any(source.partitions(), partition -> partition.size() != 0);
        }
        if (plan instanceof Plan.Deferred<?> deferred) {
            return isWorthHelp(deferred.result());
        }
        Shuffled<?> shuffled = shuffled(plan);
        return shuffled == null ? any(plan.parents(), this::isWorthHelp) : shuffled.hasRows();
    }

    /** The kept rows of a plan whose partitions have all been computed, so that nothing below it is needed; else null. */
    private @Nullable KeptRows<?> computed(Plan<?> plan) {
        KeptRows<?> rows = engine.kept().of(plan);
        return rows != null && rows.isComplete() ? rows : null;
    }

    /** A loop, because it runs in every batch: a stream of two elements takes longer than all else here. */
    private static <E> boolean any(List<E> elements, Predicate<E> condition) {
        for (E element : elements) {
            if (condition.test(element)) {
                return true;
            }
        }
        return false;
    }

    private synchronized @Nullable Shuffled<?> shuffled(Plan<?> plan) {
        return shuffles.get(plan);
    }

    @SuppressWarnings("unchecked") // put under a plan of the same types
    synchronized <K, V, C> Shuffle<K, V, C> shuffle(Plan.CombineByKey<K, V, C> plan) {
        return (Shuffle<K, V, C>) shuffles.computeIfAbsent(plan, absent -> new Shuffle<>(plan, this, workOf(plan)));
    }

    @SuppressWarnings("unchecked") // put under a plan of the same types
    synchronized <K, V> Exchange<K, V> exchange(Plan.PartitionByKey<K, V> plan) {
        return (Exchange<K, V>) shuffles.computeIfAbsent(plan, absent -> new Exchange<>(plan, this, workOf(plan)));
    }

    /** What the rows that are shuffled or kept for a plan are a part of. */
    private @Nullable UnitOfWork workOf(Plan<?> plan) {
        return shared.contains(plan) ? work : currentWork();
    }

    /** What the calling thread does here is a part of. */
    private @Nullable UnitOfWork currentWork() {
        UnitOfWork current = engine.currentWork();
        return current == null || outlivesBatches ? work : current;
    }

    @Override
    public synchronized void keep(Plan<?> plan, StorageLevel level) {
        requireOpen("rows"); // or nobody would let go of them
        UnitOfWork own = workOf(plan);
        kept.putIfAbsent(plan, Optional.ofNullable(own));
        engine.kept().keep(plan, level, this, own);
    }

    @Override
    public synchronized void keepToEnd(Plan<?> plan, StorageLevel level) {
        keptToEnd.add(plan);
        keep(plan, level);
    }

    @Override
    public synchronized void drop(Plan<?> plan) {
        if (!keptToEnd.contains(plan)) {
            kept.remove(plan);
            engine.kept().drop(plan, this);
        }
    }

    @Override
    public synchronized boolean isDroppable(Plan<?> plan) {
        return !keptToEnd.contains(plan) && engine.kept().isOnlyOwner(plan, this);
    }

    @Override
    public StorageLevel levelOf(Plan<?> plan) {
        KeptRows<?> kept = engine.kept().of(plan);
        return kept == null ? StorageLevel.NONE : kept.level();
    }

    <T, R> R runTask(Plan<T> plan, int partition, Function<Iterator<T>, R> task) throws Exception {
        try (Flow<T> flow = FlowCompiler.compile(plan, partition, this)) {
            return task.call(flow);
        }
    }

    LocalEngine engine() {
        return engine;
    }

    @Override
    public <T> PartFiles.Writer<T> objectWriter() {
        return (file, rows) -> ObjectFile.write(file, rows, engine.codec());
    }

    @Override
    public int defaultPartitions() {
        return engine.parallelism();
    }

    @Override
    public boolean outlivesBatches() {
        return outlivesBatches;
    }

    @Override
    public void requireOpen(String stream) {
        if (closed) {
            throw new IllegalStateException("The rows of '" + stream + "' belong to " + name
                    + ", which is over: act on an RDD inside the function that was given it, keep its rows by collect(),"
                    + " or let the stream remember(...) them for longer");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        shuffles.clear();
        shared.clear();
        kept.keySet().forEach(plan -> engine.kept().drop(plan, this));
        kept.clear();
        keptToEnd.clear();
    }
}
