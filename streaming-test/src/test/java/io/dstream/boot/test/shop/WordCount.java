package io.dstream.boot.test.shop;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.rdd.Pair;
import java.util.Arrays;

/** Counts the words of a server that tests do not have. */
@StreamPipeline("word-count")
class WordCount implements StreamDefinition {

    @Override
    public void define(StreamingContext streams) {
        streams.socketTextStream("server.invalid", 9999)
                .flatMap(line -> Arrays.asList(line.split(" ")).iterator())
                .mapToPair(word -> Pair.of(word, 1))
                .reduceByKey(Integer::sum)
                .print();
    }
}
