package com.shop;

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
                words.mapToPair(word -> Pair.of(new Item(word, 0), 1L))
                        .updateStateByKey(Totals::next)
                        .named("totals")
                        .map(pair -> pair.key().word() + " " + pair.value()),
                words.map(word -> new Item(word, 0)).window(Duration.ofSeconds(3)).named("recent").map(Item::word));
    }

    private static Optional<Total> next(List<Long> values, Optional<Total> total) {
        long count = total.map(Total::count).orElse(0L);
        return Optional.of(new Total(
                total.map(Total::items).orElse(List.of()), count + values.size(), total.map(Total::last).orElse("none")));
    }
}
