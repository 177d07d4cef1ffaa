package io.dstream.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LineServerTest {

    private static final int FAST = 1_000;
    private static final int PATIENCE = 10_000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void closeLatestFirst() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @Test
    void everyClientHearsTheTextFromItsFirstLineAndOverAndOver() throws IOException {
        LineServer server = started(List.of("one", "zwölf", ""));

        assertThat(read(5, connect(server))).containsExactly("one", "zwölf", "", "one", "zwölf");
        assertThat(read(5, connect(server))).containsExactly("one", "zwölf", "", "one", "zwölf");
    }

    @Test
    void aClientThatDoesNotReadDoesNotKeepOthersWaiting() throws IOException {
        String longLine = "x".repeat(1_000_000); // a few of these are more than the system holds for a connection
        LineServer server = started(List.of(longLine));

        connect(server);

        assertThat(read(20, connect(server))).hasSize(20).containsOnly(longLine);
    }

    @Test
    void aClientThatVanishesDoesNotDisturbOthers() throws IOException {
        LineServer server = started(List.of("one", "two"));
        Socket staying = connect(server);

        Socket leaving = connect(server);
        read(1, leaving);
        leaving.setSoLinger(true, 0); // a reset instead of a farewell
        leaving.close();

        assertThat(read(100, staying)).hasSize(100).startsWith("one", "two", "one");
    }

    @Test
    void aClientThatComesBeforeTheStartIsServedAfterIt() throws IOException {
        LineServer server = server(List.of("one"));
        Socket early = connect(server);

        server.start();

        assertThat(read(1, early)).containsExactly("one");
    }

    @Test
    void aStopEndsConnectionsAndThreadAndAStartServesTheSamePortAgain() throws IOException {
        Set<Thread> threadsOfOthers = lineServerThreads();
        LineServer server = started(List.of("one"));
        LineSource source = server.source();
        Socket first = connect(server);
        read(1, first);

        server.stop();

        assertThat(lines(first)).allMatch("one"::equals); // and there is an end to them
        assertThat(server.isRunning()).isFalse();
        assertThat(lineServerThreads()).isEqualTo(threadsOfOthers);

        server.start();

        assertThat(server.isRunning()).isTrue();
        assertThat(server.source()).isEqualTo(source);
        assertThat(read(1, connect(server))).containsExactly("one");
    }

    private LineServer started(List<String> text) throws IOException {
        LineServer server = server(text);
        server.start();
        return server;
    }

    private LineServer server(List<String> text) throws IOException {
        LineServer server = new LineServer(text, FAST);
        opened.push(server);
        return server;
    }

    private Socket connect(LineServer server) throws IOException {
        Socket client = new Socket(server.source().host(), server.source().port());
        client.setSoTimeout(PATIENCE);
        opened.push(client);
        return client;
    }

    private static Set<Thread> lineServerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("line-server"))
                .collect(Collectors.toSet());
    }

    private static List<String> read(int count, Socket client) throws IOException {
        return lines(client).limit(count).toList();
    }

    private static Stream<String> lines(Socket client) throws IOException {
        return new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8)).lines();
    }
}
