package io.dstream.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * A TCP server on loopback that speaks a text to every client, line by line at a steady pace and over and over.
 *
 * <p>Its port, which the system chooses, is taken from the beginning and kept until it is closed: a client that comes
 * while it is stopped waits for the start. Thread-safe.
 */
final class LineServer implements SmartLifecycle, AutoCloseable {

    /**
     * One below streaming's. The lowest phase starts first and stops last, so we speak before the first stream listens,
     * and until the last has stopped listening.
     */
    static final int PHASE = Integer.MAX_VALUE - 1024 - 256 - 1;

    private static final Logger log = LoggerFactory.getLogger(LineServer.class);

    private final List<String> text;
    private final int linesPerSecond;
    private final ServerSocketChannel door;
    private final LineSource source;

    // Mutable state, guarded by this
    private @Nullable Speaker speaker; // null while stopped

    LineServer(List<String> text, int linesPerSecond) throws IOException {
        this.text = text;
        this.linesPerSecond = linesPerSecond;
        this.door = ServerSocketChannel.open();
        this.door.configureBlocking(false);
        this.door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.source = new LineSource(
                door.socket().getInetAddress().getHostAddress(), door.socket().getLocalPort());
    }

    /** Where clients find this server. */
    LineSource source() {
        return source;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public synchronized void start() {
        if (speaker == null) {
            speaker = new Speaker(door, text, linesPerSecond);
            speaker.start();
            log.info("Speaking {} lines a second at {}:{}", linesPerSecond, source.host(), source.port());
        }
    }

    @Override
    public synchronized void stop() {
        if (speaker != null) {
            speaker.stop();
            speaker = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return speaker != null;
    }

    @Override
    public void close() throws IOException {
        stop();
        door.close();
    }
}
