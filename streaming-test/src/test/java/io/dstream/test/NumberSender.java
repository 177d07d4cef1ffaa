package io.dstream.test;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;

/** Sends 1, 2, 3, … to whoever connects, a few before they are acknowledged, and again what was not when the connection is lost. */
final class NumberSender implements AutoCloseable {

    private static final int WINDOW = 50;

    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve, "sender");

    // Mutable state, guarded by this
    private final Map<Long, Integer> sent = new HashMap<>(); // how often
    private long acknowledged;
    private long highest;
    private boolean finishing;

    NumberSender() throws IOException {
        thread.start();
    }

    int port() {
        return server.getLocalPort();
    }

    /**
     * Sends no further numbers, and waits until all that were sent are acknowledged.
     *
     * @return the last of them
     */
    synchronized long finish(long deadline) throws InterruptedException {
        finishing = true;
        notifyAll();
        while (acknowledged < highest && System.nanoTime() < deadline) {
            wait(100);
        }
        if (acknowledged < highest) {
            throw new AssertionError("Of " + highest + " numbers only " + acknowledged + " are acknowledged");
        }
        return highest;
    }

    /** How often a number was sent. */
    synchronized int timesSent(long number) {
        return sent.getOrDefault(number, 0);
    }

    /** Ends with the connection that there is; so whoever is connected is to be gone. */
    @Override
    public void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                Thread acknowledgements = new Thread(() -> read(socket), "acknowledgements");
                acknowledgements.start();
                send(socket);
                acknowledgements.join();
            } catch (IOException lost) {
                // the next connection gets what was not acknowledged
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    private void send(Socket socket) throws IOException, InterruptedException {
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        long next = first();
        while (awaitTurn(next, socket)) {
            out.writeLong(next);
            next++;
        }
    }

    private synchronized long first() {
        return acknowledged + 1;
    }

    /** Whether a number is to be sent, and not the connection lost. */
    private synchronized boolean awaitTurn(long number, Socket socket) throws InterruptedException {
        while (!socket.isClosed() && (number > acknowledged + WINDOW || (finishing && number > highest))) {
            wait();
        }
        if (socket.isClosed()) {
            return false;
        }
        highest = Math.max(highest, number);
        sent.merge(number, 1, Integer::sum);
        return true;
    }

    private void read(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            while (true) {
                acknowledge(in.readLong());
            }
        } catch (IOException lost) {
            wake();
        }
    }

    private synchronized void acknowledge(long number) {
        acknowledged = Math.max(acknowledged, number);
        notifyAll();
    }

    private synchronized void wake() {
        notifyAll();
    }
}
