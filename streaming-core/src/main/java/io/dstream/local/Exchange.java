package io.dstream.local;

import io.dstream.rdd.Pair;
import io.dstream.rdd.Plan;
import io.dstream.rdd.UnitOfWork;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a shuffle that combines nothing: every map task deals its pairs out to one list per reduce partition.
 *
 * <p>Thread-safe.
 */
final class Exchange<K, V> implements Shuffled<Pair<K, V>> {

    private final Plan.PartitionByKey<K, V> plan;
    private final LocalScope scope;
    private final @Nullable UnitOfWork work;

    // Mutable state, guarded by this
    private @Nullable List<List<List<Pair<K, V>>>> hands; // by map task and reduce partition
    private boolean counted; // what the map tasks add to accumulators

    /**
     * @param work what its computation is a part of; null if there is nothing around it
     */
    Exchange(Plan.PartitionByKey<K, V> plan, LocalScope scope, @Nullable UnitOfWork work) {
        this.plan = plan;
        this.scope = scope;
        this.work = work;
    }

    @Override
    public @Nullable UnitOfWork work() {
        return work;
    }

    @Override
    public void prepare() {
        hands();
    }

    @Override
    public Iterator<Pair<K, V>> read(int partition) {
        return new Hand<>(hands(), partition);
    }

    @Override
    public boolean hasRows() {
        return hands().stream().anyMatch(hand -> hand.stream().anyMatch(pairs -> !pairs.isEmpty()));
    }

    private synchronized List<List<List<Pair<K, V>>>> hands() {
        if (hands == null) {
            scope.prepare(plan.parent());
            hands = scope.engine()
                    .run(
                            plan.parent().partitionCount(),
                            this::deal,
                            scope.isWorthHelp(plan.parent()),
                            counted ? new UnitOfWork(work) : work); // the second time, in a unit that is never done
            counted = true;
            scope.engine().computed(this::forget);
        }
        return hands;
    }

    private synchronized void forget() {
        hands = null;
    }

    private List<List<Pair<K, V>>> deal(int mapTask) throws Exception {
        List<List<Pair<K, V>>> hand = new ArrayList<>(plan.partitionCount());
        for (int i = 0; i < plan.partitionCount(); i++) {
            hand.add(new ArrayList<>());
        }
        return scope.runTask(plan.parent(), mapTask, pairs -> {
            pairs.forEachRemaining(pair ->
                    hand.get(Shuffled.partitionOf(pair.key(), hand.size())).add(pair));
            return hand;
        });
    }

    /** What all map tasks have dealt out to one reduce partition. */
    private static final class Hand<T> implements Iterator<T> {

        private final Iterator<List<List<T>>> byMapTask;
        private final int partition;

        // Mutable state
        private Iterator<T> current = Collections.emptyIterator();

        Hand(List<List<List<T>>> byMapTask, int partition) {
            this.byMapTask = byMapTask.iterator();
            this.partition = partition;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && byMapTask.hasNext()) {
                current = byMapTask.next().get(partition).iterator();
            }
            return current.hasNext();
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the partition has no more pairs");
            }
            return current.next();
        }

        @Override
        public void forEachRemaining(Consumer<? super T> action) {
            current.forEachRemaining(action);
            byMapTask.forEachRemaining(hands -> hands.get(partition).forEach(action));
        }
    }
}
