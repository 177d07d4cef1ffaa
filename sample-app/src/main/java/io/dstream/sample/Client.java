package io.dstream.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client of the line server, and how much of the text it has been sent. Used by one thread. */
final class Client {

    private static final Logger log = LoggerFactory.getLogger(Client.class);

    private final SocketChannel connection;
    private final List<String> text;

    // Mutable state
    private int next; // index of the line to send next
    private ByteBuffer unsent = ByteBuffer.allocate(0); // of the line before that

    Client(SocketChannel connection, List<String> text) {
        this.connection = connection;
        this.text = text;
    }

    /**
     * Sends one line more, or what the client had no room for of the last one; waits for nothing.
     *
     * @return whether the client is still there
     */
    boolean sendMore() {
        if (!unsent.hasRemaining()) {
            unsent = nextLine();
        }
        try {
            connection.write(unsent);
            return true;
        } catch (IOException gone) {
            disconnect();
            return false;
        }
    }

    void disconnect() {
        try {
            connection.close();
        } catch (IOException failure) {
            log.debug("A connection was not closed properly", failure);
        }
    }

    private ByteBuffer nextLine() {
        ByteBuffer line = StandardCharsets.UTF_8.encode(text.get(next) + "\n");
        next = (next + 1) % text.size();
        return line;
    }
}
