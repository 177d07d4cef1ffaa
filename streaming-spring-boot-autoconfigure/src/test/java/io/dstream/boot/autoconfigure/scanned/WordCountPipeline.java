package io.dstream.boot.autoconfigure.scanned;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.rdd.RDD;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A pipeline that component scanning is to find. */
@StreamPipeline("word-count")
public class WordCountPipeline implements StreamDefinition {

    @Override
    public void define(StreamingContext streams) {
        Queue<RDD<String>> lines = new ConcurrentLinkedQueue<>();
        streams.queueStream(lines).foreachRDD(rdd -> rdd.count());
    }
}
