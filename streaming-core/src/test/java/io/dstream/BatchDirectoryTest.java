package io.dstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.rdd.LocalPath;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchDirectoryTest {

    private static final Instant TIME = Instant.ofEpochMilli(1504668485000L);

    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "counts, txt, counts-1504668485000.txt",
                "/out/dir/counts, null, /out/dir/counts-1504668485000",
                "counts, '', counts-1504668485000",
                "null, txt, 1504668485000.txt",
                "'', '', 1504668485000",
                "null, null, 1504668485000",
                "out/, .txt, out/-1504668485000..txt"
            })
    void aNameIsMadeOfPrefixMillisecondsAndSuffix(String prefix, String suffix, String name) {
        assertThat(BatchDirectory.of(prefix, suffix, TIME)).isEqualTo(Path.of(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hdfs://host/counts", "s3a://bucket/counts", "file:/tmp/counts", "nul\0"})
    void whatIsNoPathOfTheLocalFileSystemIsRefused(String prefix) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BatchDirectory.requirePath(prefix, null))
                .withMessage("'prefix' must be a path of the local file system, such as /data/counts, but made '"
                        + prefix + "-0'");
    }

    @Test
    void anEmptyPathIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LocalPath.of("directory", ""))
                .withMessage("'directory' must be a path of the local file system, such as /data/counts, but made ''");
    }
}
