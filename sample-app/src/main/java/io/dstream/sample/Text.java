package io.dstream.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.io.ClassPathResource;

/** The text whose words are counted. */
final class Text {

    private Text() {}

    static List<String> lines() throws IOException {
        return new ClassPathResource("text/alice.txt")
                .getContentAsString(StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
