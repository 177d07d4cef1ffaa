package io.dstream.receiver;

import io.dstream.input.LineReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Reads lines of text from a TCP server; connects again when the connection is lost. */
final class SocketTextReceiver extends Receiver<String> {

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final String host;
    private final int port;
    private final int maxLineLength;

    // Mutable state
    private volatile @Nullable Socket socket; // closed by onStop to end a connect or read

    SocketTextReceiver(String host, int port, int maxLineLength) {
        this.host = host;
        this.port = port;
        this.maxLineLength = maxLineLength;
    }

    @Override
    protected String kind() {
        return "socket";
    }

    @Override
    protected void onStart() throws Exception {
        try (Socket connection = new Socket()) {
            socket = connection;
            if (!isStopped()) {
                connect(connection);
                storeLines(connection);
                restart("The server at " + host + ":" + port + " ended the connection", null);
            }
        } catch (IOException failure) {
            if (!isStopped()) {
                throw failure;
            }
        }
    }

    @Override
    protected void onStop() throws IOException {
        Socket current = socket;
        if (current != null) {
            current.close();
        }
    }

    private void connect(Socket connection) throws IOException {
        try {
            connection.connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MILLIS);
        } catch (ConnectException refused) {
            throw new IOException(
                    "Nobody listens at " + host + ":" + port + "; start a server there, or change the"
                            + " stream's host and port",
                    refused);
        } catch (SocketTimeoutException silent) {
            throw new IOException(
                    "No answer from " + host + ":" + port + " within " + CONNECT_TIMEOUT_MILLIS + " ms", silent);
        } catch (UnknownHostException unknown) {
            throw new IOException("The host " + host + " is unknown; check the stream's host", unknown);
        }
    }

    private void storeLines(Socket connection) throws IOException, InterruptedException {
        LineReader lines = new LineReader(connection.getInputStream(), maxLineLength, this::reportTooLong);
        for (String line = lines.next(); line != null && !isStopped(); line = lines.next()) {
            store(line);
        }
    }

    private void reportTooLong(long length) {
        reportError(
                "A line of " + length + " bytes from " + host + ":" + port + " was dropped: lines may have "
                        + maxLineLength + " bytes at most (streaming.receiver.max-line-length)",
                null);
    }
}
