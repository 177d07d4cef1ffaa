package io.dstream.sample;

import io.dstream.PairDStream;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.jdbc.JdbcSink;
import io.dstream.kafka.KafkaSink;
import io.dstream.kafka.KafkaUtils;
import io.dstream.rdd.Pair;
import javax.sql.DataSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.springframework.context.annotation.Profile;
import org.springframework.kafka.core.ConsumerFactory;
import org.springframework.kafka.core.ProducerFactory;

/**
 * Counts the words of every batch of a topic. The counts are sent to another topic and added to totals in a database, each batch
 * exactly once, and the first ten are printed.
 */
@StreamPipeline("kafka-word-count")
@Profile("kafka")
class KafkaWordCount implements StreamDefinition {

    static final String LINES = "lines";
    static final String COUNTS = "word-counts";

    private static final String ADD = """
            merge into totals using (values (cast(? as varchar), cast(? as bigint))) as counted (word, n) on totals.word = counted.word
            when matched then update set n = totals.n + counted.n
            when not matched then insert (word, n) values (counted.word, counted.n)
            """;

    private final ConsumerFactory<String, String> consumers;
    private final ProducerFactory<String, String> producers;
    private final DataSource dataSource;

    KafkaWordCount(
            ConsumerFactory<String, String> consumers,
            ProducerFactory<String, String> producers,
            DataSource dataSource) {
        this.consumers = consumers;
        this.producers = producers;
        this.dataSource = dataSource;
    }

    @Override
    public void define(StreamingContext streams) {
        PairDStream<String, Integer> counts = WordCount.count(
                KafkaUtils.createDirectStream(streams, consumers, LINES).map(ConsumerRecord::value));
        counts.saveTo(toTopic()).named("counts");
        counts.saveTo(toTotals()).named("totals");
        counts.print();
    }

    private KafkaSink<Pair<String, Integer>> toTopic() {
        return KafkaSink.to(producers, COUNTS, Pair::key, count -> count.value().toString());
    }

    private JdbcSink<Pair<String, Integer>> toTotals() {
        return JdbcSink.sql(dataSource, ADD, (statement, count) -> {
            statement.setString(1, count.key());
            statement.setInt(2, count.value());
        });
    }
}
