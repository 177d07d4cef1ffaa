package io.dstream.receiver;

import io.dstream.function.Function;
import io.dstream.function.StreamingException;
import io.dstream.input.LineReader;
import io.dstream.input.RecordIterator;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Makes receivers that read a TCP server. */
public final class SocketReceivers {

    private static final int BUFFER_SIZE = 65_536;

    private SocketReceivers() {}

    /**
     * Lines of text: UTF-8, ended by {@code \n}, {@code \r} or both.
     *
     * @param host the server's name or address
     * @param port its port, 1 to 65535
     * @throws IllegalArgumentException if {@code port} is out of range
     */
    public static Receiver<String> text(String host, int port, SocketOptions options, ReceiverSettings settings) {
        SocketReceiver.Server server = new SocketReceiver.Server(host, port);
        int maxLength = settings.maxLineLength();
        return new SocketReceiver<>("socket", server, options, settings, (in, report) -> {
            LineReader lines = new LineReader(
                    in,
                    maxLength,
                    () -> report.accept("A line from " + server + " is dropped: lines may have " + maxLength
                            + " bytes at most (streaming.receiver.max-line-length)"));
            return new RecordIterator<>(lines::next);
        });
    }

    /**
     * What a function makes of the bytes.
     *
     * @param decoder gets the bytes of a connection from their beginning, and gives records as they come
     * @throws IllegalArgumentException as {@link #text}
     */
    public static <T> Receiver<T> decoded(
            String host,
            int port,
            Function<InputStream, Iterator<T>> decoder,
            SocketOptions options,
            ReceiverSettings settings) {
        SocketReceiver.Server server = new SocketReceiver.Server(host, port);
        return new SocketReceiver<>("socket", server, options, settings, (in, report) -> {
            @Nullable Iterator<T> records = decoder.call(new BufferedInputStream(in, BUFFER_SIZE));
            if (records == null) {
                throw new StreamingException("The decoder of the stream from " + server
                        + " returned null; return an iterator without records instead");
            }
            return records;
        });
    }

    /**
     * Frames: a length of four bytes, big-endian, and as many bytes.
     *
     * @throws IllegalArgumentException as {@link #text}
     */
    public static Receiver<byte[]> frames(String host, int port, SocketOptions options, ReceiverSettings settings) {
        SocketReceiver.Server server = new SocketReceiver.Server(host, port);
        return new SocketReceiver<>(
                "rawSocket",
                server,
                options,
                settings,
                (in, report) -> new RecordIterator<>(new FrameReader(in, settings.maxFrameLength())::next));
    }
}
