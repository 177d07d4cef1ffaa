package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class SourcePropertiesTest {

    @Test
    void aPortThatIsNoneIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceProperties("localhost", 65_536, 20))
                .withMessage("'sample.source.port' must be from 0 to 65535, but was 65536");
    }

    @Test
    void aPaceOfZeroIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SourceProperties("localhost", 0, 0))
                .withMessage("'sample.source.lines-per-second' must be from 1 to 1000, but was 0");
    }
}
