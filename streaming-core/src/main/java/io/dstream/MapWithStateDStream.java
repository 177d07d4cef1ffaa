package io.dstream;

import io.dstream.graph.Node;
import io.dstream.rdd.Pair;

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

    /** All keys with their states, as they are after each batch. */
    public PairDStream<K, S> stateSnapshots() {
        return PairDStream.fromDStream(new DStream<Pair<K, S>>(context(), graph().add(new Node.Snapshots(state))));
    }
}
