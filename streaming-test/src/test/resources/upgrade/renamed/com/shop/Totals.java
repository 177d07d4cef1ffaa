package com.shop;

import com.shop.catalog.Article;
import io.dstream.DStream;
import io.dstream.rdd.Pair;
import io.dstream.test.Definition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Counts words, and keeps those of three batches. */
public final class Totals implements Definition {

    @Override
    public List<DStream<?>> define(DStream<String> words) {
        return List.of(
                words.mapToPair(word -> Pair.of(new Article(word), 1L))
                        .updateStateByKey(Totals::next)
                        .named("totals")
                        .map(pair -> pair.key().word() + " " + pair.value()),
                words.map(Article::new).window(Duration.ofSeconds(3)).named("recent").map(Article::word));
    }

    private static Optional<Sum> next(List<Long> values, Optional<Sum> total) {
        long count = total.map(Sum::count).orElse(0L);
        return Optional.of(new Sum(
                count + values.size(),
                total.map(Sum::first).orElse("none"),
                total.map(Sum::items).orElse(List.of())));
    }
}
