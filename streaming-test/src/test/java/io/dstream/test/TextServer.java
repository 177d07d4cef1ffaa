package io.dstream.test;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A TCP server whose every step a test makes. */
final class TextServer implements AutoCloseable {

    private final ServerSocket listener;

    TextServer() throws IOException {
        this(0);
    }

    TextServer(int port) throws IOException {
        listener = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Waits for a client. */
    Client accept() throws IOException {
        return new Client(listener.accept());
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A connection from a client. */
    static final class Client implements AutoCloseable {

        private final Socket socket;

        Client(Socket socket) {
            this.socket = socket;
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.UTF_8));
        }

        void send(byte... bytes) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(bytes);
            out.flush();
        }

        /** Sends four bytes of a length, and others. */
        void sendFrame(int length, byte... bytes) throws IOException {
            send(ByteBuffer.allocate(Integer.BYTES + bytes.length)
                    .putInt(length)
                    .put(bytes)
                    .array());
        }

        /** Waits until the client ends the connection. */
        void awaitEnd() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                Thread.onSpinWait();
            }
        }

        /** Ends the connection without a word, so that the client finds it broken. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
