package io.dstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Settings of connectors in a configuration. */
class StreamingConfigTest {

    private record Fast(int rate) {}

    private record Slow(int delay) {}

    @Test
    void settingsOfAConnectorTakeThePlaceOfOthersOfTheirClass() {
        StreamingConfig config = StreamingConfig.defaults()
                .withConnectorSettings(new Fast(1))
                .withConnectorSettings(new Slow(2))
                .withConnectorSettings(new Fast(3));
        assertThat(config.connectorSettings(Fast.class)).contains(new Fast(3));
        assertThat(config.connectorSettings(Slow.class)).contains(new Slow(2));
    }

    @Test
    void settingsThatNobodyHasGivenAreEmpty() {
        assertThat(StreamingConfig.defaults().connectorSettings(Fast.class)).isEmpty();
    }
}
