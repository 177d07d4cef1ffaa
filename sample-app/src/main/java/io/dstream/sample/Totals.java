package io.dstream.sample;

import java.util.List;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the words that are most frequent since the first start. */
@RestController
@Profile("kafka")
class Totals {

    private static final String MOST_FREQUENT = "select word, n from totals order by n desc, word limit 10";

    private final JdbcClient database;

    Totals(JdbcClient database) {
        this.database = database;
    }

    @GetMapping("/words")
    List<Total> mostFrequent() {
        return database.sql(MOST_FREQUENT).query(Total.class).list();
    }

    /** How often a word was counted. */
    record Total(String word, long n) {}
}
