package io.dstream.benchmarks;

/** All sides of the comparisons, by name. */
final class Sides {

    private static final int MILLION = 1_000_000;
    private static final int HUNDRED_THOUSAND = 100_000;
    private static final int KB = 1024;

    private Sides() {}

    static Side named(String name) {
        return switch (name) {
            case "W1-engine" -> Side.cpu(WordCount::engine);
            case "W1-plain" -> Side.cpu(WordCount::plain);
            case "W2-batch-engine" -> TinyBatches::processingTime;
            case "W2-batch-plain" -> Side.medianTime(TinyBatches::plain);
            case "W2-interval" -> TinyBatches::delayInIntervals;
            case "W2-idle" -> TinyBatches::idleCores;
            case "W3-map-engine" -> Side.cpu(() -> KeyedState.mapWithState(MILLION));
            case "W3-map-plain" -> Side.cpu(() -> KeyedState.maps(MILLION));
            case "W3-map-engine-small" -> Side.cpu(() -> KeyedState.mapWithState(HUNDRED_THOUSAND));
            case "W3-map-plain-small" -> Side.cpu(() -> KeyedState.maps(HUNDRED_THOUSAND));
            case "W3-update-engine" -> Side.cpu(() -> KeyedState.updateStateByKey(MILLION));
            case "W3-update-plain" -> Side.cpu(() -> KeyedState.functionOnMaps(MILLION));
            case "W3-bytes-engine" -> Side.heap(() -> KeyedState.statesAtRest(MILLION));
            case "W3-bytes-plain" -> Side.heap(() -> KeyedState.mapsAtRest(MILLION));
            case "W4-inverse-engine" -> Side.cpu(() -> Windows.engine(60, true));
            case "W4-inverse-plain" -> Side.cpu(() -> Windows.plain(60, true));
            case "W4-max-engine" -> Side.cpu(() -> Windows.engine(60, false));
            case "W4-max-plain" -> Side.cpu(() -> Windows.plain(60, false));
            case "W4-max-engine-long" -> Side.cpu(() -> Windows.engine(600, false));
            case "joins-engine" -> Side.cpu(Joins::engine);
            case "joins-plain" -> Side.cpu(Joins::plain);
            case "log-force-engine" -> Side.medianTime(() -> Logs.blocks(4 * KB));
            case "log-force-plain" -> Side.medianTime(() -> Logs.plainBlocks(4 * KB));
            case "log-force-long-engine" -> Side.medianTime(() -> Logs.blocks(256 * KB));
            case "log-force-long-plain" -> Side.medianTime(() -> Logs.plainBlocks(256 * KB));
            case "log-commit-engine" -> Side.cpu(Logs::commits);
            case "log-commit-plain" -> Side.cpu(Logs::plainCommits);
            case "log-state-engine" -> Side.cpu(() -> KeyedState.mapWithDurableState(MILLION));
            case "log-state-plain" -> Side.cpu(() -> KeyedState.mapWithState(MILLION));
            case "log-recovery-engine" -> Side.cpu(() -> Logs.recovery(MILLION));
            case "log-recovery-plain" -> Side.cpu(() -> Logs.plainRecovery(MILLION));
            case "wal-on" -> units -> Sockets.seconds(units, true);
            case "wal-off" -> units -> Sockets.seconds(units, false);
            case "receiver-store-engine" -> Side.cpu(Stores::engine);
            case "receiver-store-plain" -> Side.cpu(Stores::plain);
            case "receiver-socket-engine" -> Side.cpu(Sockets::engine);
            case "receiver-socket-plain" -> Side.cpu(Sockets::plain);
            case "kafka-engine" -> Side.medianCpu(KafkaCounts::engine);
            case "kafka-plain" -> Side.medianCpu(KafkaCounts::plain);
            case "kafka-handler-engine" -> Side.medianCpu(KafkaCounts::engineWithHandler);
            case "kafka-latency" -> KafkaCounts::latency;
            case "overload" -> Overload::delayInIntervals;
            case "memory" -> WordCount::heapGrowth;
            default -> throw new IllegalArgumentException("There is no side '" + name + "'");
        };
    }
}
