package io.dstream.kafka;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** Makes values of {@link LocationStrategy}; the names are those of Spark. */
@SuppressWarnings("MemberName")
public final class LocationStrategies {

    private LocationStrategies() {}

    /** Wherever there is room. */
    public static LocationStrategy PreferConsistent() {
        return Preference.CONSISTENT;
    }

    /** On the machines of the brokers; not for {@link KafkaUtils#createRDD}. */
    public static LocationStrategy PreferBrokers() {
        return Preference.BROKERS;
    }

    /**
     * On machines that are named; wherever there is room for other partitions.
     *
     * @param hosts has no effect in one process
     */
    public static LocationStrategy PreferFixed(Map<TopicPartition, String> hosts) {
        return Preference.FIXED;
    }

    enum Preference implements LocationStrategy {
        CONSISTENT,
        BROKERS,
        FIXED
    }
}
