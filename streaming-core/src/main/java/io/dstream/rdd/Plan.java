package io.dstream.rdd;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of an RDD come about: a tree of few kinds of nodes, read by engines.
 *
 * <p>Nodes are told apart by identity: two alike nodes are two computations. They are immutable, but for the name that
 * people may give them.
 */
public abstract sealed class Plan<T> {

    private final List<Plan<?>> parents;
    private final boolean partitionedByKey;

    // Mutable state
    private volatile @Nullable String name;

    private Plan(List<? extends Plan<?>> parents, boolean partitionedByKey) {
        this.parents = List.copyOf(parents);
        this.partitionedByKey = partitionedByKey;
    }

    public final List<Plan<?>> parents() {
        return parents;
    }

    /** What people call its rows. */
    public final Optional<String> name() {
        return Optional.ofNullable(name);
    }

    final void setName(String name) {
        this.name = name;
    }

    public abstract int partitionCount();

    /** Whether its rows are pairs that lie where a shuffle by key into as many partitions would bring them. */
    public final boolean isPartitionedByKey() {
        return partitionedByKey;
    }

    /** Whether its function may have much to do for a partition without rows, as far as is known. */
    public boolean worksWithoutRows() {
        return false;
    }

    /** Calls the method of the visitor for this kind of node. */
    public abstract <R> R accept(Visitor<T, R> visitor);

    /**
     * Makes sure that every source below belongs to a scope that is open.
     *
     * @throws IllegalStateException if one does not, naming it
     */
    public void requireOpen() {
        for (Plan<?> parent : parents) {
            parent.requireOpen();
        }
    }

    /** One method for each kind of node, so that an engine cannot forget one. */
    public interface Visitor<T, R> {

        R source(Source<T> source);

        <S> R map(Map<S, T> map);

        R filter(Filter<T> filter);

        <S> R flatMap(FlatMap<S, T> flatMap);

        <S> R mapPartitions(MapPartitions<S, T> mapPartitions);

        R union(Union<T> union);

        R regroup(Regroup<T> regroup);

        <A, B> R zipPartitions(ZipPartitions<A, B, T> zipPartitions);

        <K, V, C> R combineByKey(CombineByKey<K, V, C> combineByKey);

        <K, V> R partitionByKey(PartitionByKey<K, V> partitionByKey);

        R deferred(Deferred<T> deferred);
    }

    /** Rows that a source describes. */
    public static final class Source<T> extends Plan<T> {

        private final String source;
        private final List<InputPartition<T>> partitions;
        private final RunScope scope;

        Source(String source, List<InputPartition<T>> partitions, boolean partitionedByKey, RunScope scope) {
            super(List.of(), partitionedByKey);
            this.source = source;
            setName(source);
            this.partitions = List.copyOf(partitions);
            this.scope = scope;
        }

        public List<InputPartition<T>> partitions() {
            return partitions;
        }

        @Override
        public int partitionCount() {
            return partitions.size();
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.source(this);
        }

        @Override
        public void requireOpen() {
            scope.requireOpen(source);
        }
    }

    /** A node whose partitions are those of its one parent. */
    private abstract static sealed class Narrow<S, T> extends Plan<T> {

        private final Plan<S> parent;

        Narrow(Plan<S> parent, boolean keepsKeys) {
            super(List.of(parent), keepsKeys && parent.isPartitionedByKey());
            this.parent = parent;
        }

        public final Plan<S> parent() {
            return parent;
        }

        @Override
        public final int partitionCount() {
            return parent.partitionCount();
        }
    }

    /** One row for each row. */
    public static final class Map<S, T> extends Narrow<S, T> {

        private final Function<S, T> function;

        /**
         * @param keepsKeys whether it gives a pair of the same key for each pair
         */
        Map(Plan<S> parent, Function<S, T> function, boolean keepsKeys) {
            super(parent, keepsKeys);
            this.function = Functions.require("function", function);
        }

        public Function<S, T> function() {
            return function;
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.map(this);
        }
    }

    /** The rows for which a function returns true. */
    public static final class Filter<T> extends Narrow<T, T> {

        private final Function<T, Boolean> function;

        Filter(Plan<T> parent, Function<T, Boolean> function) {
            super(parent, true);
            this.function = Functions.require("function", function);
        }

        public Function<T, Boolean> function() {
            return function;
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.filter(this);
        }
    }

    /** Any number of rows for each row. */
    public static final class FlatMap<S, T> extends Narrow<S, T> {

        private final FlatMapFunction<S, T> function;

        /**
         * @param keepsKeys whether it gives pairs of the same key for each pair
         */
        FlatMap(Plan<S> parent, FlatMapFunction<S, T> function, boolean keepsKeys) {
            super(parent, keepsKeys);
            this.function = Functions.require("function", function);
        }

        public FlatMapFunction<S, T> function() {
            return function;
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.flatMap(this);
        }
    }

    /** What a function makes of each partition and its index, of the empty ones too. */
    public static final class MapPartitions<S, T> extends Narrow<S, T> {

        private final Function2<Integer, Iterator<S>, Iterator<T>> function;
        private final boolean worksWithoutRows;

        /**
         * @param keepsKeys whether it gives pairs of the keys that it gets
         * @param worksWithoutRows whether the function may have much to do for a partition without rows
         */
        MapPartitions(
                Plan<S> parent,
                Function2<Integer, Iterator<S>, Iterator<T>> function,
                boolean keepsKeys,
                boolean worksWithoutRows) {
            super(parent, keepsKeys);
            this.function = Functions.require("function", function);
            this.worksWithoutRows = worksWithoutRows;
        }

        @Override
        public boolean worksWithoutRows() {
            return worksWithoutRows;
        }

        public Function2<Integer, Iterator<S>, Iterator<T>> function() {
            return function;
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.mapPartitions(this);
        }
    }

    /** The partitions of several parents, one after the other. */
    public static final class Union<T> extends Plan<T> {

        private final List<Plan<T>> members;

        Union(List<Plan<T>> members) {
            super(members, false);
            this.members = List.copyOf(members);
        }

        public List<Plan<T>> members() {
            return members;
        }

        @Override
        public int partitionCount() {
            return members.stream().mapToInt(Plan::partitionCount).sum();
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.union(this);
        }
    }

    /** Partitions that are groups of the parent's, which come one after the other; one of them may be in several groups. */
    public static final class Regroup<T> extends Plan<T> {

        private final Plan<T> parent;
        private final List<List<Integer>> groups;

        Regroup(Plan<T> parent, List<List<Integer>> groups) {
            super(List.of(parent), false);
            this.parent = parent;
            this.groups = List.copyOf(groups);
        }

        public Plan<T> parent() {
            return parent;
        }

        /** For each partition, the numbers of the parent's partitions in it. */
        public List<List<Integer>> groups() {
            return groups;
        }

        @Override
        public int partitionCount() {
            return groups.size();
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.regroup(this);
        }
    }

    /** What a function makes of each partition of one parent and the same one of another, which has as many. */
    public static final class ZipPartitions<A, B, T> extends Plan<T> {

        private final Plan<A> left;
        private final Plan<B> right;
        private final Function2<Iterator<A>, Iterator<B>, Iterator<T>> function;
        private final boolean worksWithoutRows;

        /**
         * @param keepsKeys whether it gives pairs of the keys that it gets
         * @param worksWithoutRows whether the function may have much to do for partitions without rows
         */
        ZipPartitions(
                Plan<A> left,
                Plan<B> right,
                Function2<Iterator<A>, Iterator<B>, Iterator<T>> function,
                boolean keepsKeys,
                boolean worksWithoutRows) {
            super(List.of(left, right), keepsKeys && left.isPartitionedByKey() && right.isPartitionedByKey());
            this.left = left;
            this.right = right;
            this.function = Functions.require("function", function);
            this.worksWithoutRows = worksWithoutRows;
        }

        @Override
        public boolean worksWithoutRows() {
            return worksWithoutRows;
        }

        public Plan<A> left() {
            return left;
        }

        public Plan<B> right() {
            return right;
        }

        public Function2<Iterator<A>, Iterator<B>, Iterator<T>> function() {
            return function;
        }

        @Override
        public int partitionCount() {
            return left.partitionCount();
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.zipPartitions(this);
        }
    }

    /** One row for each key, shuffled to a partition by the key's hash. */
    public static final class CombineByKey<K, V, C> extends Plan<Pair<K, C>> {

        private final Plan<Pair<K, V>> parent;
        private final Aggregation<V, C> aggregation;
        private final int partitionCount;

        CombineByKey(Plan<Pair<K, V>> parent, Aggregation<V, C> aggregation, int partitionCount) {
            super(List.of(parent), true);
            this.parent = parent;
            this.aggregation = aggregation;
            this.partitionCount = partitionCount;
        }

        public Plan<Pair<K, V>> parent() {
            return parent;
        }

        public Aggregation<V, C> aggregation() {
            return aggregation;
        }

        @Override
        public int partitionCount() {
            return partitionCount;
        }

        @Override
        public <R> R accept(Visitor<Pair<K, C>, R> visitor) {
            return visitor.combineByKey(this);
        }
    }

    /** The same rows, shuffled to a partition by the key's hash; those of a key keep their order. */
    public static final class PartitionByKey<K, V> extends Plan<Pair<K, V>> {

        private final Plan<Pair<K, V>> parent;
        private final int partitionCount;

        PartitionByKey(Plan<Pair<K, V>> parent, int partitionCount) {
            super(List.of(parent), true);
            this.parent = parent;
            this.partitionCount = partitionCount;
        }

        public Plan<Pair<K, V>> parent() {
            return parent;
        }

        @Override
        public int partitionCount() {
            return partitionCount;
        }

        @Override
        public <R> R accept(Visitor<Pair<K, V>, R> visitor) {
            return visitor.partitionByKey(this);
        }
    }

    /** Rows that are worked out in whole before any partition of them can be read. */
    public static final class Deferred<T> extends Plan<T> {

        private final String stream;
        private final int partitionCount;
        private final Supplier<RDD<T>> work;
        private final RunScope scope;

        Deferred(String stream, int partitionCount, boolean partitionedByKey, Supplier<RDD<T>> work, RunScope scope) {
            super(List.of(), partitionedByKey);
            this.stream = stream;
            setName(stream);
            this.partitionCount = partitionCount;
            this.work = Functions.require("work", work);
            this.scope = scope;
        }

        /** The rows; worked out at the first call, so an engine calls it before it runs tasks. */
        public Plan<T> result() {
            return work.get().plan();
        }

        @Override
        public int partitionCount() {
            return partitionCount;
        }

        @Override
        public <R> R accept(Visitor<T, R> visitor) {
            return visitor.deferred(this);
        }

        @Override
        public void requireOpen() {
            scope.requireOpen(stream);
        }
    }
}
