package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.rdd.Pair;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Reads what was written when format 1 was made. If it fails, files that users have cannot be read any more: then there must be a
 * format 2 beside it.
 */
class CodecFormatTest {

    private final Codec<Object> codec = Codec.allowing(List.of("io.dstream.storage"));

    @Test
    void whatFormat1HasWrittenIsRead() throws IOException {
        Properties written = written();
        Map<String, Object> values = values();
        assertThat(written.stringPropertyNames()).isEqualTo(values.keySet());
        values.forEach((name, value) -> assertThat(codec.decode(HexFormat.of().parseHex(written.getProperty(name))))
                .as(name)
                .isEqualTo(value));
    }

    static Map<String, Object> values() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("boolean", true);
        values.put("integer", -7);
        values.put("long", 1L << 40);
        values.put("double", 2.5);
        values.put("latin", "Zürich");
        values.put("unicode", "東京 😀");
        values.put("decimal", new BigDecimal("12345678901234567890.12"));
        values.put("bigInteger", BigInteger.TWO.pow(100));
        values.put("instant", Instant.ofEpochSecond(1_795_246_812, 345));
        values.put("date", LocalDate.of(2026, 11, 21));
        values.put("zoned", ZonedDateTime.ofInstant(Instant.EPOCH, ZoneId.of("Europe/Zurich")));
        values.put("duration", Duration.ofMillis(1_500));
        values.put("day", DayOfWeek.FRIDAY);
        values.put("uuid", new UUID(1, 2));
        values.put("optional", Optional.of("there"));
        values.put("ints", List.of(1, 2, 3));
        values.put("arrayList", new ArrayList<>(Arrays.asList("a", null, 1, 2.5)));
        values.put("set", Set.of("one"));
        values.put("hashMap", new HashMap<>(Map.of("a", 1L, "b", 2L)));
        values.put("treeMap", new TreeMap<>(Map.of(2, "b", 1, "a")));
        values.put("pair", Pair.of("key", 12L));
        values.put("enum", Level.HIGH);
        values.put("record", new Reading("sensor", 20.5, Level.LOW, Instant.EPOCH, List.of(1, 2)));
        values.put("records", List.of(Pair.of("a", new Reading("s", 1, Level.HIGH, Instant.EPOCH, List.of()))));
        values.put("bean", new Total("sum", 99, Map.of("x", Optional.of(1))));
        return values;
    }

    private static Properties written() throws IOException {
        Properties written = new Properties();
        try (InputStream in = CodecFormatTest.class.getResourceAsStream("/codec-format-1.properties")) {
            written.load(in);
        }
        return written;
    }

    enum Level {
        LOW,
        HIGH
    }

    record Reading(String name, double value, Level level, Instant time, List<Integer> codes) {}

    static final class Total {

        private final String name;
        private final long amount;
        private final Map<String, Optional<Integer>> parts;

        Total(String name, long amount, Map<String, Optional<Integer>> parts) {
            this.name = name;
            this.amount = amount;
            this.parts = parts;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Total total
                    && name.equals(total.name)
                    && amount == total.amount
                    && parts.equals(total.parts);
        }

        @Override
        public int hashCode() {
            return Objects.hash(name, amount, parts);
        }
    }
}
