package io.dstream;

import io.dstream.graph.Node;
import io.dstream.rdd.Pair;
import io.dstream.rdd.StorageLevel;
import java.time.Duration;

/**
 * What the function of {@code mapWithState} gives for each pair.
 *
 * @param <K> type of the keys
 * @param <S> type of the states
 * @param <M> type of the rows
 */
public final class MapWithStateDStream<K, S, M> extends DStream<M> {

    private final Node.State state;

    MapWithStateDStream(StreamingContext context, Node.State state) {
        super(context, state);
        this.state = state;
    }

    @Override
    public MapWithStateDStream<K, S, M> cache() {
        return persist();
    }

    @Override
    public MapWithStateDStream<K, S, M> persist() {
        return persist(StorageLevel.MEMORY_ONLY);
    }

    @Override
    public MapWithStateDStream<K, S, M> persist(StorageLevel level) {
        super.persist(level);
        return this;
    }

    @Override
    public MapWithStateDStream<K, S, M> remember(Duration duration) {
        super.remember(duration);
        return this;
    }

    @Override
    public MapWithStateDStream<K, S, M> named(String name) {
        super.named(name);
        return this;
    }

    /** All keys with their states, as they are after each batch. */
    public PairDStream<K, S> stateSnapshots() {
        return PairDStream.fromDStream(new DStream<Pair<K, S>>(context(), graph().add(new Node.Snapshots(state))));
    }
}
