package io.dstream.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A process that sends lines of 100 bytes to whoever connects first, each beginning with its number, from 0. Its output is the
 * port, and in the end the number of lines sent.
 */
final class LoadGenerator implements AutoCloseable {

    static final int LINE = 100;

    private static final int DIGITS = 12;
    private static final int CHUNK = 400;
    private static final long AS_FAST_AS_POSSIBLE = 0;

    private final Process process;
    private final BufferedReader output;

    private LoadGenerator(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Starts a process that sends lines as fast as they are taken, and then ends the connection. */
    static LoadGenerator ofLines(long lines) throws IOException {
        return start(lines, AS_FAST_AS_POSSIBLE, Long.MAX_VALUE);
    }

    /** Starts a process that sends lines at a rate, or as fast as they are taken if that is less, for some time. */
    static LoadGenerator ofRate(long linesPerSecond, long seconds) throws IOException {
        return start(Long.MAX_VALUE, linesPerSecond, seconds);
    }

    private static LoadGenerator start(long lines, long linesPerSecond, long seconds) throws IOException {
        return new LoadGenerator(Forked.start(
                LoadGenerator.class, Long.toString(lines), Long.toString(linesPerSecond), Long.toString(seconds)));
    }

    int port() throws IOException {
        return Integer.parseInt(output.readLine());
    }

    /** Waits for the end; the number of lines that were sent. */
    long sent() throws IOException {
        return Long.parseLong(output.readLine());
    }

    @Override
    public void close() {
        process.destroy();
    }

    /** The number that a line begins with. */
    static long numberOf(String line) {
        return Long.parseLong(line.substring(0, DIGITS));
    }

    /** In the new process; arguments: how many lines, how many per second, and for how many seconds. */
    public static void main(String[] args) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            try (Socket client = server.accept()) {
                Sender sender = new Sender(client.getOutputStream(), Long.parseLong(args[0]));
                sender.send(Long.parseLong(args[1]), Long.parseLong(args[2]));
                System.out.println(sender.sent);
            }
        }
    }

    /** Sends lines. */
    private static final class Sender {

        private final OutputStream out;
        private final long lines;
        private final byte[] chunk = (" ".repeat(LINE - 1) + "\n").repeat(CHUNK).getBytes(StandardCharsets.US_ASCII);
        private long sent;

        Sender(OutputStream out, long lines) {
            this.out = out;
            this.lines = lines;
        }

        void send(long perSecond, long seconds) throws IOException, InterruptedException {
            long start = System.nanoTime();
            double elapsed = 0;
            while (sent < lines && elapsed < seconds) {
                if (perSecond == AS_FAST_AS_POSSIBLE || sent < elapsed * perSecond) {
                    sendChunk((int) Math.min(CHUNK, lines - sent));
                } else {
                    Thread.sleep(1);
                }
                elapsed = (System.nanoTime() - start) / 1e9;
            }
        }

        private void sendChunk(int count) throws IOException {
            for (int line = 0; line < count; line++) {
                long number = sent + line;
                for (int digit = DIGITS - 1; digit >= 0; digit--) {
                    chunk[line * LINE + digit] = (byte) ('0' + number % 10);
                    number /= 10;
                }
            }
            out.write(chunk, 0, count * LINE);
            sent += count;
        }
    }
}
