package io.dstream.test;

import io.dstream.engine.Engine;
import io.dstream.local.LocalEngine;
import io.dstream.rdd.InputPartition;
import io.dstream.rdd.RDD;
import io.dstream.rdd.RunScope;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.storage.StorageSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** RDDs without a stream, on an engine of two threads. */
final class Rdds implements AutoCloseable {

    private final Codec<Object> codec = Codec.allowing(List.of("io.dstream.test"));
    private final BlockStore rows = new BlockStore(
            "test",
            StorageSettings.defaults().directory(),
            new BlockStore.Bounds(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE),
            codec);
    private final Engine engine = new LocalEngine(2, rows, codec);
    private final RunScope lasting = engine.openLasting("a context");

    /** The numbers from 0 to below {@code rows}. */
    RDD<Integer> range(int rows, int partitions) {
        return RDD.ofRows(lasting, IntStream.range(0, rows).boxed().toList(), partitions);
    }

    @SafeVarargs
    final <T> RDD<T> of(int partitions, T... rows) {
        List<T> list = new ArrayList<>();
        for (T row : rows) {
            list.add(row);
        }
        return RDD.ofRows(lasting, list, partitions);
    }

    <T> RDD<T> withoutPartitions() {
        return ofPartitions(List.of());
    }

    <T> RDD<T> ofPartitions(List<InputPartition<T>> partitions) {
        return RDD.ofPartitions(lasting, "rows", partitions);
    }

    /** The scope of a batch, to be closed by the caller. */
    RunScope openBatch() {
        return engine.openBatch("a batch");
    }

    @Override
    public void close() {
        lasting.close();
        engine.close();
        rows.close();
    }
}
