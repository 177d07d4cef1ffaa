package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.ReceiverInfo;
import io.dstream.receiver.ReceiverSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The socket stream against a real server, in real time. */
class SocketTest {

    private final Recorder recorder = new Recorder();
    private final StreamingContext context = new StreamingContext(StreamingConfig.defaults()
            .withParallelism(2)
            .withBatchInterval(Duration.ofMillis(10))
            .withReceiver(ReceiverSettings.defaults()
                    .withBlockInterval(Duration.ofMillis(5))
                    .withRestartDelay(Duration.ofMillis(5))
                    .withMaxLineLength(100))
            .withObserver(recorder));
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        context.close();
    }

    @Test
    void linesAreReadInTheirOrder() throws Exception {
        try (TextServer server = new TextServer()) {
            readFrom(server.port());
            try (TextServer.Client client = server.accept()) {
                client.send("to be\nor not\r\nto ");
                assertThat(next(2)).containsExactly("to be", "or not");
                client.send("be\n");
                assertThat(next(1)).containsExactly("to be");
            }
        }
    }

    @Test
    void aLostConnectionIsMadeAgainAndAnUnfinishedLineKept() throws Exception {
        try (TextServer server = new TextServer()) {
            readFrom(server.port());
            try (TextServer.Client client = server.accept()) {
                client.send("one\nunfinished");
            }
            assertThat(next(2)).containsExactly("one", "unfinished");
            assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                            .lastError())
                    .isEqualTo("The server at localhost:" + server.port() + " ended the connection");
            try (TextServer.Client client = server.accept()) {
                client.send("two\n");
                assertThat(next(1)).containsExactly("two");
            }
        }
    }

    @Test
    void aPortNobodyListensOnIsToldAndTriedAgain() throws Exception {
        int port = freePort();
        readFrom(port);
        ReceiverInfo info = recorder.await(ReceiverInfo.class, receiver -> receiver.lastError() != null);
        assertThat(info.lastError())
                .contains("Nobody listens at localhost:" + port)
                .contains("start a server there, or change the stream's host and port");
        try (TextServer server = new TextServer(port);
                TextServer.Client client = server.accept()) {
            client.send("at last\n");
            assertThat(next(1)).containsExactly("at last");
        }
        assertThat(context.info().receivers().get(0).restarts()).isPositive();
    }

    @Test
    void anUnknownHostIsToldAndTriedAgain() throws Exception {
        context.socketTextStream("no-such-host.invalid", 9999).foreachRDD(rdd -> {});
        context.start();
        assertThat(recorder.await(ReceiverInfo.class, receiver -> receiver.lastError() != null)
                        .lastError())
                .contains("The host no-such-host.invalid is unknown");
        recorder.await(ReceiverInfo.class, receiver -> receiver.restarts() > 0);
    }

    @Test
    void aLineThatIsTooLongIsDroppedAndReportedAndTheNextOneRead() throws Exception {
        try (TextServer server = new TextServer()) {
            readFrom(server.port());
            try (TextServer.Client client = server.accept()) {
                client.send("x".repeat(1_000_000) + "\nshort\n");
                assertThat(next(1)).containsExactly("short");
            }
        }
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null))
                .satisfies(info -> assertThat(info.active()).isTrue())
                .satisfies(info -> assertThat(info.lastError())
                        .contains("A line from localhost:")
                        .contains("100 bytes at most (streaming.receiver.max-line-length)"));
    }

    @Test
    void aStopEndsTheConnectionAndCountsWhatWasRead() throws Exception {
        try (TextServer server = new TextServer()) {
            readFrom(server.port());
            try (TextServer.Client client = server.accept()) {
                client.send("last words\n");
                assertThat(next(1)).containsExactly("last words");
                context.stop();
                client.awaitEnd();
            }
        }
    }

    @Test
    void aPortThatCannotBeIsRefused() {
        for (int port : new int[] {-1, 0, 65_536}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.socketTextStream("localhost", port))
                    .withMessage("'port' must be from 1 to 65535, but was " + port);
        }
    }

    private void readFrom(int port) {
        context.socketTextStream("localhost", port).foreachRDD(rdd -> lines.addAll(rdd.collect()));
        context.start();
    }

    private List<String> next(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        while (next.size() < count) {
            String line = lines.poll(30, TimeUnit.SECONDS);
            assertThat(line).as("line %d of %d", next.size() + 1, count).isNotNull();
            next.add(line);
        }
        return next;
    }

    private static int freePort() throws IOException {
        try (TextServer server = new TextServer()) {
            return server.port();
        }
    }
}
