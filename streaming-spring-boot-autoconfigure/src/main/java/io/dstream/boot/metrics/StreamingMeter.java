package io.dstream.boot.metrics;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import java.util.Locale;

/** The meters: what each is called, what it tells, and how it is tagged. */
enum StreamingMeter implements MeterDocumentation {
    BATCH("streaming.batch", Meter.Type.TIMER, "How long batches ran, by how they ended", Tag.PIPELINE, Tag.OUTCOME),

    SCHEDULING_DELAY(
            "streaming.batch.scheduling.delay",
            Meter.Type.TIMER,
            "How long batches waited before they ran",
            Tag.PIPELINE),

    PROCESSING_TIME("streaming.batch.processing.time", Meter.Type.TIMER, "How long batches ran", Tag.PIPELINE),

    TOTAL_DELAY(
            "streaming.batch.total.delay",
            Meter.Type.TIMER,
            "How long batches took from submission to end",
            Tag.PIPELINE),

    BATCHES_WAITING("streaming.batches.waiting", Meter.Type.GAUGE, "Batches submitted and not ended", Tag.PIPELINE),

    RECORDS_RECEIVED(
            "streaming.records.received",
            Meter.Type.COUNTER,
            "Records that inputs gave to batches, once these have ended",
            Tag.PIPELINE,
            Tag.INPUT),

    RATE_LIMIT(
            "streaming.rate.limit",
            Meter.Type.GAUGE,
            "Records per second to which the input is limited; absent if it is not",
            Tag.PIPELINE,
            Tag.INPUT),

    RECEIVER_ACTIVE(
            "streaming.receiver.active",
            Meter.Type.GAUGE,
            "Whether the receiver is started: 1, else 0",
            Tag.PIPELINE,
            Tag.INPUT),

    RECEIVER_RESTARTS(
            "streaming.receiver.restarts",
            Meter.Type.COUNTER,
            "Restarts of the receiver after failures",
            Tag.PIPELINE,
            Tag.INPUT),

    KAFKA_LAG(
            "streaming.kafka.lag",
            Meter.Type.GAUGE,
            "Records of the partition that are in no batch yet",
            Tag.PIPELINE,
            Tag.INPUT,
            Tag.TOPIC,
            Tag.PARTITION),

    KAFKA_RECORDS_LOST(
            "streaming.kafka.records.lost",
            Meter.Type.COUNTER,
            "Records that were gone before they were read, and were passed over",
            Tag.PIPELINE,
            Tag.INPUT),

    KAFKA_RECORDS_FAILED(
            "streaming.kafka.records.failed",
            Meter.Type.COUNTER,
            "Records that have failed, and that their batch went on without",
            Tag.PIPELINE,
            Tag.INPUT,
            Tag.OUTCOME),

    WRITE_AHEAD_LOG_BYTES(
            "streaming.write.ahead.log.bytes",
            Meter.Type.GAUGE,
            "Size of the files of the write-ahead log; 0 without one",
            Tag.PIPELINE);

    private final String name;
    private final Meter.Type type;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // an array that is only handed out as a copy
    private final Tag[] tags;

    StreamingMeter(String name, Meter.Type type, String description, Tag... tags) {
        this.name = name;
        this.type = type;
        this.description = description;
        this.tags = tags;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    @Override
    public KeyName[] getKeyNames() {
        return tags.clone();
    }

    String description() {
        return description;
    }

    /** The tags' keys. */
    enum Tag implements KeyName {
        /** The pipeline's name. */
        PIPELINE,
        /** The input's id in its pipeline. */
        INPUT,
        /** The name of a Kafka topic. */
        TOPIC,
        /** The number of a partition of it. */
        PARTITION,
        /**
         * How the batch ended: {@code committed}, {@code skipped} or {@code failed}. Of a record that has failed: {@code skipped} or
         * {@code dead-letter}.
         */
        OUTCOME;

        @Override
        public String asString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
