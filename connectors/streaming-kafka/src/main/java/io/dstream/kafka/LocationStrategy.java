package io.dstream.kafka;

/**
 * Where partitions are read, on a cluster; in one process they are all read here. It is for code that comes from Spark, and made
 * by {@link LocationStrategies}.
 */
public sealed interface LocationStrategy permits LocationStrategies.Preference {}
