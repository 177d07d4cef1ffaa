package io.dstream.test;

import io.dstream.DStream;
import java.util.List;

/** What a version of a program defines. */
@FunctionalInterface
public interface Definition {

    /** Defines what becomes of words, and gives the streams that are put out. */
    List<DStream<?>> define(DStream<String> words);
}
