package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.rdd.StorageLevel;
import io.dstream.receiver.ReceiverSettings;
import io.dstream.receiver.SocketOptions;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Socket streams against real servers that behave, and some that do not. */
class SocketStreamTest {

    private final Recorder recorder = new Recorder();
    private final BlockingQueue<Object> records = new LinkedBlockingQueue<>();
    private StreamingContext context = context(settings -> settings);
    private TestStreamingContext byHand = new TestStreamingContext();

    @AfterEach
    void close() {
        context.close();
        byHand.close();
    }

    @Test
    void aDecoderMakesRecordsOfTheBytesOfAConnection() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.socketStream("localhost", server.port(), SocketStreamTest::numbers));
            try (TextServer.Client client = server.accept()) {
                client.send("1\n2\n");
                assertThat(next(2)).containsExactly(1, 2);
            }
            try (TextServer.Client client = server.accept()) { // with a new call of the decoder
                client.send("3\n");
                assertThat(next(1)).containsExactly(3);
            }
        }
    }

    @Test
    void aDecoderThatFailsEndsTheConnectionAndIsTold() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.socketStream("localhost", server.port(), SocketStreamTest::numbers));
            try (TextServer.Client client = server.accept()) {
                client.send("1\none\n");
                assertThat(next(1)).containsExactly(1);
                assertThat(nextError()).contains("NumberFormatException").contains("one");
                client.awaitEnd();
            }
            try (TextServer.Client client = server.accept()) {
                client.send("2\n");
                assertThat(next(1)).containsExactly(2);
            }
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a decoder that does what it must not
    void aDecoderThatReturnsNullIsToldWithTheServer() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.<Integer>socketStream("localhost", server.port(), in -> null));
            try (TextServer.Client client = server.accept()) {
                assertThat(nextError())
                        .endsWith("The decoder of the stream from localhost:" + server.port()
                                + " returned null; return an iterator without records instead");
                client.awaitEnd();
            }
        }
    }

    @Test
    void framesAreRecordsOfBytes() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.rawSocketStream("localhost", server.port()).map(SocketStreamTest::text));
            try (TextServer.Client client = server.accept()) {
                client.sendFrame(2, bytes("ab"));
                client.sendFrame(0);
                client.sendFrame(3, bytes("c"));
                client.send(bytes("d\n"));
                assertThat(next(3)).containsExactly("ab", "", "cd\n");
            }
        }
    }

    @Test
    void aFrameWhoseLengthCannotBeEndsTheConnectionAndTheNextOneIsRead() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.rawSocketStream("localhost", server.port()).map(SocketStreamTest::text));
            for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 101}) {
                try (TextServer.Client client = server.accept()) {
                    client.sendFrame(2, bytes("ok"));
                    client.sendFrame(length);
                    assertThat(next(1)).containsExactly("ok");
                    assertThat(nextError())
                            .startsWith("The receiver failed: The connection to localhost:" + server.port()
                                    + " is given up: a frame ")
                            .contains(length + " bytes");
                    client.awaitEnd();
                }
            }
        }
    }

    @Test
    void anEndInsideAFrameIsTold() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.rawSocketStream("localhost", server.port()).map(SocketStreamTest::text));
            try (TextServer.Client client = server.accept()) {
                client.sendFrame(3, bytes("ab"));
            }
            assertThat(nextError()).endsWith("it ended inside a frame of 3 bytes");
        }
    }

    @Test
    void bytesThatAreNoUtf8BecomeTheReplacementCharacter() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.socketTextStream("localhost", server.port()));
            try (TextServer.Client client = server.accept()) {
                client.send((byte) 'a', (byte) 0xc3, (byte) 0x28, (byte) 0xff, (byte) '\n');
                assertThat(next(1)).containsExactly("a\ufffd(\ufffd");
            }
        }
    }

    @Test
    void aSilentServerIsConnectedAnewOnlyIfThereIsAReadTimeout() throws Exception {
        context = context(settings -> settings.withReadTimeout(Duration.ofMillis(50)));
        try (TextServer server = new TextServer()) {
            read(context.socketTextStream("localhost", server.port()));
            try (TextServer.Client client = server.accept()) {
                client.send("a word\n");
                assertThat(next(1)).containsExactly("a word");
                assertThat(nextError())
                        .isEqualTo("The receiver failed: The server at localhost:" + server.port()
                                + " sent nothing for 50 ms, the read time-out");
                client.awaitEnd();
            }
            server.accept().close();
        }
    }

    @Test
    void aStreamMayHaveAReadTimeoutOfItsOwn() throws Exception {
        try (TextServer server = new TextServer()) {
            read(context.socketTextStream(
                    "localhost", server.port(), SocketOptions.defaults().withReadTimeout(Duration.ofMillis(20))));
            try (TextServer.Client client = server.accept()) {
                client.send("half a li");
                assertThat(nextError()).endsWith("sent nothing for 20 ms, the read time-out");
                client.awaitEnd();
            }
        }
    }

    @Test
    void aServerThatSendsByteByByteHoldsUpNeitherBatchesNorTheStop() throws Exception {
        try (TextServer server = new TextServer()) {
            TestOutput<String> output = byHand.output(byHand.context().socketTextStream("localhost", server.port()));
            byHand.context().start();
            try (TextServer.Client client = server.accept()) {
                for (byte letter : bytes("slow")) { // a byte in each second
                    client.send(letter);
                    byHand.runBatch();
                }
                assertThat(output.batches()).hasSize(4).allMatch(List::isEmpty);
                byHand.context().stop();
                client.awaitEnd();
            }
        }
    }

    @Test
    void aServerThatResetsAHundredTimesLeavesNeitherThreadNorConnectionAndIsVisible() throws Exception {
        byHand = new TestStreamingContext(
                config -> config.withObserver(recorder).withBatchInterval(Duration.ofHours(24)));
        try (TextServer server = new TextServer()) {
            byHand.context()
                    .socketTextStream("localhost", server.port())
                    .named("broken")
                    .foreachRDD(rdd -> {});
            byHand.context().start();
            for (int reset = 1; reset <= 100; reset++) {
                server.accept().reset();
                recorder.await(ReceiverInfo.class, info -> info.state() == State.RESTARTING);
                byHand.clock().awaitWaiting(3); // the receiver beside the ticker and the thread that cuts blocks
                byHand.clock().advance(Duration.ofMinutes(1));
                recorder.await(ReceiverInfo.class, ReceiverInfo::active);
            }
            ReceiverInfo info = byHand.context().info().receivers().get(0);
            assertThat(info.restarts()).isEqualTo(100);
            assertThat(info.lastError()).contains("localhost:" + server.port());
            try (TextServer.Client client = server.accept()) {
                assertThat(LibraryThreads.with("-broken"))
                        .containsExactlyInAnyOrder("dstream-default-broken", "dstream-default-broken-blocks");
                byHand.context().stop();
                client.awaitEnd();
            }
            LibraryThreads.awaitNone("-broken");
        }
    }

    @Test
    void aServerThatGoesOnResettingIsAskedLessAndLessOften() throws Exception {
        byHand = new TestStreamingContext(
                config -> config.withObserver(recorder).withBatchInterval(Duration.ofHours(24)));
        try (TextServer server = new TextServer()) {
            byHand.context().socketTextStream("localhost", server.port()).foreachRDD(rdd -> {});
            byHand.context().start();
            for (int seconds : new int[] {2, 4, 8, 16, 32, 60, 60}) {
                server.accept().reset();
                recorder.await(ReceiverInfo.class, info -> info.state() == State.RESTARTING);
                byHand.clock().awaitWaiting(3);
                byHand.clock().advance(Duration.ofSeconds(seconds).minusMillis(1));
                assertThat(byHand.context().info().receivers().get(0).state()).isEqualTo(State.RESTARTING);
                byHand.clock().advance(Duration.ofMillis(1));
                recorder.await(ReceiverInfo.class, ReceiverInfo::active);
            }
        }
    }

    @Test
    void optionsThatCannotBeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketOptions.defaults().withStorageLevel(StorageLevel.NONE))
                .withMessage("'storageLevel' must be a level that keeps records, but was NONE");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SocketOptions.defaults().withReadTimeout(Duration.ZERO))
                .withMessage("'readTimeout' must be at least 1 ms, but was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.rawSocketStream("localhost", 0))
                .withMessage("'port' must be from 1 to 65535, but was 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> context.socketStream("localhost", 65_536, SocketStreamTest::numbers))
                .withMessage("'port' must be from 1 to 65535, but was 65536");
    }

    private void read(DStream<?> stream) {
        stream.foreachRDD(rdd -> records.addAll(rdd.collect()));
        context.start();
    }

    private List<Object> next(int count) throws InterruptedException {
        List<Object> next = new ArrayList<>();
        while (next.size() < count) {
            Object record = records.poll(30, TimeUnit.SECONDS);
            assertThat(record).as("record %d of %d", next.size() + 1, count).isNotNull();
            next.add(record);
        }
        return next;
    }

    private String nextError() throws InterruptedException {
        ReceiverInfo info = recorder.await(ReceiverInfo.class, told -> told.state() == State.RESTARTING);
        return String.valueOf(info.lastError());
    }

    private StreamingContext context(UnaryOperator<ReceiverSettings> change) {
        return new StreamingContext(StreamingConfig.defaults()
                .withParallelism(2)
                .withBatchInterval(Duration.ofMillis(10))
                .withReceiver(change.apply(ReceiverSettings.defaults()
                        .withBlockInterval(Duration.ofMillis(5))
                        .withRestartDelay(Duration.ofMillis(5))
                        .withMaxFrameLength(100)))
                .withObserver(recorder));
    }

    private static Iterator<Integer> numbers(InputStream in) {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                .lines()
                .map(Integer::valueOf)
                .iterator();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
