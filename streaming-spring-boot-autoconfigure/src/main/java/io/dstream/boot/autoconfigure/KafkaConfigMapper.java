package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.boot.autoconfigure.StreamingProperties.Kafka;
import io.dstream.kafka.KafkaSettings;
import io.dstream.kafka.LostOffsets;

/** As {@link ConfigMapper}, for the module streaming-kafka, if that is there. */
final class KafkaConfigMapper {

    private KafkaConfigMapper() {}

    /** Leaves a configuration without settings as it is, unless one of them is set. */
    static StreamingConfig change(StreamingConfig config, Kafka to, ConfigMapper mapper) {
        KafkaSettings base = config.connectorSettings(KafkaSettings.class).orElseGet(KafkaSettings::defaults);
        KafkaSettings settings = change(base, to, mapper);
        return settings.equals(base) ? config : config.withConnectorSettings(settings);
    }

    private static KafkaSettings change(KafkaSettings base, Kafka to, ConfigMapper mapper) {
        KafkaSettings settings = base;
        settings = mapper.set(
                settings,
                "kafka.max-rate-per-partition",
                to.maxRatePerPartition(),
                KafkaSettings::withMaxRatePerPartition);
        settings = mapper.set(
                settings,
                "kafka.min-rate-per-partition",
                to.minRatePerPartition(),
                KafkaSettings::withMinRatePerPartition);
        settings = mapper.set(
                settings,
                "kafka.lost-offsets",
                to.lostOffsets(),
                (from, value) -> from.withLostOffsets(LostOffsets.valueOf(value.name())));
        settings = mapper.set(settings, "kafka.commit-offsets", to.commitOffsets(), KafkaSettings::withCommitsOffsets);
        return mapper.set(
                settings, "kafka.discovery-interval", to.discoveryInterval(), KafkaSettings::withDiscoveryInterval);
    }
}
