package io.dstream.sample;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where the lines come from.
 *
 * @param host name or address of the server to read from; not used if the port is 0
 * @param port port of the server to read from; 0 for a server of the application's own
 * @param linesPerSecond how fast the application's own server speaks, 1 to 1000
 */
@ConfigurationProperties("sample.source")
record SourceProperties(
        @DefaultValue("localhost") String host,
        @DefaultValue("0") int port,
        @DefaultValue("20") int linesPerSecond) {

    SourceProperties {
        requireWithin("port", port, 0, 65_535);
        requireWithin("lines-per-second", linesPerSecond, 1, 1_000);
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "'sample.source." + name + "' must be from " + least + " to " + most + ", but was " + value);
        }
    }
}
