package io.dstream.sample;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.rdd.Pair;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.context.annotation.Profile;

/** Counts the words of every batch and prints the first ten. */
@StreamPipeline("word-count")
@Profile("!kafka")
class WordCount implements StreamDefinition {

    private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}']+"); // "don't" is one word

    private final LineSource source;

    WordCount(LineSource source) {
        this.source = source;
    }

    @Override
    public void define(StreamingContext streams) {
        count(streams.socketTextStream(source.host(), source.port())).print();
    }

    /** How often each word is in the lines of a batch. */
    static PairDStream<String, Integer> count(DStream<String> lines) {
        return lines.flatMap(WordCount::split)
                .mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum);
    }

    private static Iterator<String> split(String line) {
        return BETWEEN_WORDS
                .splitAsStream(line.toLowerCase(Locale.ROOT))
                .filter(word -> !word.isBlank())
                .iterator();
    }
}
