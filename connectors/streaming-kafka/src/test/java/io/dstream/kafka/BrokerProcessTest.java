package io.dstream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How the process of a broker hangs together with the one that has started it. */
class BrokerProcessTest {

    private final TestKafka kafka = TestKafka.shared();

    /** Else a signal for the group, as a terminal or a shell sends it, would end the broker under a service that still needs it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void itIsInNoGroupWithTheProcessThatHasStartedIt() {
        assertThat(kafka.broker().bootstrapServers()).isNotEmpty();
        List<ProcessHandle> brokers = ProcessHandle.current()
                .children()
                .filter(child -> read(child, "cmdline").contains("BrokerMain"))
                .toList();
        assertThat(brokers).isNotEmpty();
        for (ProcessHandle broker : brokers) {
            assertThat(group(broker)).isEqualTo(broker.pid());
        }
    }

    private static long group(ProcessHandle process) {
        String status = read(process, "stat");
        return Long.parseLong(status.substring(status.lastIndexOf(')') + 2).split(" ", -1)[2]);
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), file));
        } catch (NoSuchFileException ended) {
            return "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
