package io.dstream.sample;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks to all clients from one thread, from a start to a stop. Nothing it does waits for a client: one that reads slowly
 * is served slowly, one that is gone is forgotten.
 */
final class Speaker {

    private static final Logger log = LoggerFactory.getLogger(Speaker.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final ServerSocketChannel door;
    private final List<String> text;
    private final long pause;
    private final Thread thread = new Thread(this::speak, "line-server");
    private final CountDownLatch stopping = new CountDownLatch(1);

    // Mutable state, of the thread alone
    private final List<Client> clients = new ArrayList<>();

    Speaker(ServerSocketChannel door, List<String> text, int linesPerSecond) {
        this.door = door;
        this.text = text;
        this.pause = SECOND / linesPerSecond;
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Ends all connections and the thread, and waits for that. */
    void stop() {
        stopping.countDown();
        try {
            thread.join();
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private void speak() {
        try {
            while (!stopping.await(pause, TimeUnit.NANOSECONDS)) {
                welcomeNewcomers();
                clients.removeIf(client -> !client.sendMore());
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } finally {
            clients.forEach(Client::disconnect);
        }
    }

    private void welcomeNewcomers() {
        try {
            for (SocketChannel newcomer = door.accept(); newcomer != null; newcomer = door.accept()) {
                newcomer.configureBlocking(false);
                clients.add(new Client(newcomer, text));
            }
        } catch (IOException failure) {
            log.warn("A client could not be accepted", failure);
        }
    }
}
