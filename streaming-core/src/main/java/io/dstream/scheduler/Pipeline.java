package io.dstream.scheduler;

import io.dstream.engine.Engine;
import io.dstream.event.ListenerBus;
import io.dstream.graph.StreamGraph;
import io.dstream.rdd.Accumulators;
import io.dstream.storage.BatchLogs;
import io.dstream.storage.BlockStore;
import io.dstream.time.StreamClock;

/**
 * What a pipeline is made of.
 *
 * @param name its name
 * @param graph what it computes
 * @param settings how it is run
 * @param engine runs its plans
 * @param clock the only source of time
 * @param events where its events are posted
 * @param logs where its batches are written down
 * @param accumulators what its functions count
 * @param rows where rows are kept that outlive their batch and are not to stay in memory
 */
public record Pipeline(
        String name,
        StreamGraph graph,
        SchedulerSettings settings,
        Engine engine,
        StreamClock clock,
        ListenerBus events,
        BatchLogs logs,
        Accumulators accumulators,
        BlockStore rows) {}
