package io.dstream.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.boot.test.autoconfigure.StreamTest;
import io.dstream.test.TestStreamingContext;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A service whose checkpoint directory must not get the batches of a test. */
@StreamTest(
        value = "word-count",
        properties = {
            "streaming.checkpoint.directory=" + ConfiguredDirectoryTest.DIRECTORY,
            "streaming.write-ahead-log.enabled=true"
        })
class ConfiguredDirectoryTest {

    static final String DIRECTORY = "target/checkpoints-of-the-service";

    @Autowired
    private TestStreamingContext test;

    @Test
    void theDirectoryOfTheServiceIsNotUsed() {
        test.runBatch();
        assertThat(Path.of(DIRECTORY)).doesNotExist();
        assertThatIllegalStateException().isThrownBy(test::crash).withMessageContaining("no checkpoint directory");
    }
}
