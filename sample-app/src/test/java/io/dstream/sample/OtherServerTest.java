package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext // ends the stream before its server
class OtherServerTest {

    private static final Pattern COUNT = Pattern.compile("^\\((.+),(\\d+)\\)$", Pattern.MULTILINE);

    private static ServerSocket server;

    @Autowired
    private ObjectProvider<LineServer> ownServer;

    @BeforeAll
    static void listen() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        server.setSoTimeout(10_000);
    }

    @DynamicPropertySource
    static void readFromThere(DynamicPropertyRegistry registry) {
        registry.add("sample.source.port", server::getLocalPort);
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
    }

    @Test
    void everyWordOfAnotherServerIsCounted(CapturedOutput output) throws IOException {
        try (Socket client = server.accept()) {
            client.getOutputStream()
                    .write("The cat saw the dog.\n\nDon't, said the cat\n".getBytes(StandardCharsets.UTF_8));

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(counts(output.getOut()))
                    .isEqualTo(Map.of("the", 3, "cat", 2, "saw", 1, "dog", 1, "don't", 1, "said", 1)));
        }
    }

    @Test
    void thereIsNoServerOfOurOwn() {
        assertThat(ownServer.stream()).isEmpty();
    }

    /** Of all batches: the lines may be in more than one. */
    private static Map<String, Integer> counts(String printed) {
        Map<String, Integer> counts = new TreeMap<>();
        Matcher count = COUNT.matcher(printed);
        while (count.find()) {
            counts.merge(count.group(1), Integer.parseInt(count.group(2)), Integer::sum);
        }
        return counts;
    }
}
