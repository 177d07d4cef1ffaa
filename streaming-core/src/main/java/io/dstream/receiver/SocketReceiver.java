package io.dstream.receiver;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads records from a TCP server; connects again when the connection is lost. */
final class SocketReceiver<T> extends Receiver<T> {

    private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

    private final String kind;
    private final Server server;
    private final @Nullable Duration readTimeout;
    private final Decoder<T> decoder;

    // Mutable state
    private volatile @Nullable Socket socket; // closed by onStop to end a connect or read

    /** A TCP server; as text {@code host:port}. */
    record Server(String host, int port) {

        Server {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("'port' must be from 1 to 65535, but was " + port);
            }
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** Makes records of the bytes of a connection. */
    @FunctionalInterface
    interface Decoder<T> {

        /**
         * Begins to read a connection.
         *
         * @param in the bytes, from the first that the server sends
         * @param report gets what is to be made visible and does not end the connection
         * @return the records, read as they come; an I/O failure is thrown as an {@link UncheckedIOException}
         */
        Iterator<T> decode(InputStream in, Consumer<String> report) throws Exception;
    }

    /**
     * @param kind what kind of receiver it is
     * @param options as they were given for the stream
     * @param settings what holds where the options say nothing
     */
    SocketReceiver(String kind, Server server, SocketOptions options, ReceiverSettings settings, Decoder<T> decoder) {
        super(options.storageLevel());
        this.kind = kind;
        this.server = server;
        this.readTimeout = options.readTimeout() == null ? settings.readTimeout() : options.readTimeout();
        this.decoder = decoder;
    }

    @Override
    protected String kind() {
        return kind;
    }

    @Override
    protected void onStart() throws Exception {
        try (Socket connection = new Socket()) {
            socket = connection;
            if (!isStopped()) {
                connect(connection);
                storeRecords(connection);
                restart("The server at " + server + " ended the connection", null);
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
            connection.setKeepAlive(true); // else a server that is gone without a word is never missed
            if (readTimeout != null) {
                connection.setSoTimeout((int) Math.min(readTimeout.toMillis(), Integer.MAX_VALUE));
            }
            connection.connect(new InetSocketAddress(server.host(), server.port()), CONNECT_TIMEOUT_MILLIS);
        } catch (ConnectException refused) {
            throw new IOException(
                    "Nobody listens at " + server + "; start a server there, or change the stream's host and port",
                    refused);
        } catch (SocketTimeoutException silent) {
            throw new IOException("No answer from " + server + " within " + CONNECT_TIMEOUT_MILLIS + " ms", silent);
        } catch (UnknownHostException unknown) {
            throw new IOException("The host " + server.host() + " is unknown; check the stream's host", unknown);
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    private void storeRecords(Socket connection) throws Exception {
        try {
            Iterator<T> records = decoder.decode(connection.getInputStream(), error -> reportError(error, null));
            while (!isStopped() && records.hasNext()) {
                store(records.next());
            }
        } catch (UncheckedIOException failure) {
            throw lost(Objects.requireNonNull(failure.getCause()));
        } catch (IOException failure) {
            throw lost(failure);
        }
    }

    private IOException lost(IOException failure) {
        if (failure instanceof SocketTimeoutException && readTimeout != null) {
            return new IOException(
                    "The server at " + server + " sent nothing for " + readTimeout.toMillis()
                            + " ms, the read time-out",
                    failure);
        }
        return new IOException("The connection to " + server + " is given up: " + failure.getMessage(), failure);
    }
}
