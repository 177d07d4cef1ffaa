package io.dstream.local;

import io.dstream.function.StreamingException;
import io.dstream.rdd.FailedRows;
import io.dstream.rdd.Plan;
import java.util.Iterator;
import java.util.concurrent.Callable;

/** Turns one partition of a plan into a flow: narrow operators are fused, a shuffle is where a flow starts. */
final class FlowCompiler<T> implements Plan.Visitor<T, Flow<T>> {

    private final LocalScope scope;
    private final int partition;

    private FlowCompiler(LocalScope scope, int partition) {
        this.scope = scope;
        this.partition = partition;
    }

    /** The rows of a partition, from where they are kept or else computed. */
    static <T> Flow<T> compile(Plan<T> plan, int partition, LocalScope scope) {
        KeptRows<T> kept = scope.engine().kept().of(plan);
        return kept == null
                ? compute(plan, partition, scope)
                : unchecked(() -> flowOf(plan, kept.read(partition, scope), partition, scope));
    }

    /** The rows of a plan; those of a source, also where they are kept, are taken out if they fail and it wants that. */
    private static <T> Flow<T> flowOf(Plan<T> plan, Iterator<T> rows, int partition, LocalScope scope) {
        FailedRows<T> failedRows = plan instanceof Plan.Source<T> source
                ? source.partitions().get(partition).failedRows()
                : null;
        return failedRows == null ? Flow.of(rows) : Flow.isolating(rows, new Isolation<>(failedRows, scope));
    }

    static <T> Flow<T> compute(Plan<T> plan, int partition, LocalScope scope) {
        return plan.accept(new FlowCompiler<>(scope, partition));
    }

    @Override
    public Flow<T> source(Plan.Source<T> source) {
        return unchecked(() -> flowOf(source, source.partitions().get(partition).open(), partition, scope));
    }

    @Override
    public <S> Flow<T> map(Plan.Map<S, T> map) {
        return flowOf(map.parent()).map(map.function());
    }

    @Override
    public Flow<T> filter(Plan.Filter<T> filter) {
        return flowOf(filter.parent()).filter(filter.function(), nameOf(filter, "filter"));
    }

    @Override
    public <S> Flow<T> flatMap(Plan.FlatMap<S, T> flatMap) {
        return flowOf(flatMap.parent()).flatMap(flatMap.function(), nameOf(flatMap, "flatMap"));
    }

    @Override
    public <S> Flow<T> mapPartitions(Plan.MapPartitions<S, T> mapPartitions) {
        return unchecked(() -> flowOf(mapPartitions.parent())
                .mapAll(
                        rows -> mapPartitions.function().call(partition, rows),
                        nameOf(mapPartitions, "mapPartitions")));
    }

    @Override
    public Flow<T> union(Plan.Union<T> union) {
        int index = partition;
        for (Plan<T> member : union.members()) {
            if (index < member.partitionCount()) {
                return compile(member, index, scope);
            }
            index -= member.partitionCount();
        }
        throw new IndexOutOfBoundsException("a union of " + union.partitionCount() + " has no partition " + partition);
    }

    @Override
    public Flow<T> regroup(Plan.Regroup<T> regroup) {
        return Flow.of(new FlowChain<>(
                regroup.groups().get(partition).iterator(), member -> compile(regroup.parent(), member, scope)));
    }

    @Override
    public <A, B> Flow<T> zipPartitions(Plan.ZipPartitions<A, B, T> zip) {
        return unchecked(() ->
                flowOf(zip.left()).zipAll(() -> flowOf(zip.right()), zip.function(), nameOf(zip, "zipPartitions")));
    }

    @Override
    @SuppressWarnings("unchecked") // a CombineByKey<K, V, C> is visited as the plan of Pair<K, C> that it is
    public <K, V, C> Flow<T> combineByKey(Plan.CombineByKey<K, V, C> combineByKey) {
        return (Flow<T>) Flow.of(scope.shuffle(combineByKey).read(partition));
    }

    @Override
    @SuppressWarnings("unchecked") // a PartitionByKey<K, V> is visited as the plan of Pair<K, V> that it is
    public <K, V> Flow<T> partitionByKey(Plan.PartitionByKey<K, V> partitionByKey) {
        return (Flow<T>) Flow.of(scope.exchange(partitionByKey).read(partition));
    }

    @Override
    public Flow<T> deferred(Plan.Deferred<T> deferred) {
        return flowOf(deferred.result());
    }

    /** The id of the stream whose operator it is, or what the user calls it, else the kind of operator. */
    private static String nameOf(Plan<?> plan, String operator) {
        return plan.name().orElse(operator);
    }

    private <S> Flow<S> flowOf(Plan<S> parent) {
        return compile(parent, partition, scope);
    }

    private static <R> R unchecked(Callable<R> step) {
        try {
            return step.call();
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }
}
