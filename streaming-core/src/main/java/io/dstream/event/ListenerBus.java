package io.dstream.event;

import io.dstream.time.StreamThread;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events to listeners without ever delaying who posts them.
 *
 * <p>A user's listeners share one thread behind a bounded queue: an event that finds the queue full is dropped for them
 * and counted. Observers are called by the posting thread itself and must return at once.
 *
 * <p>Thread-safe. Made and closed by the root context.
 */
public final class ListenerBus implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(ListenerBus.class);
    private static final int CAPACITY = 10_000;

    private final List<StreamingListener> observers;

    // Mutable state
    private final List<StreamingListener> listeners = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Optional<Consumer<StreamingListener>>> queue =
            new ArrayBlockingQueue<>(CAPACITY); // empty: the end
    private final AtomicLong dropped = new AtomicLong();
    private @Nullable StreamThread thread; // guarded by this
    private boolean closed; // guarded by this
    private volatile boolean cutOff; // the queue was full at the close: a listener hangs

    public ListenerBus(List<StreamingListener> observers) {
        this.observers = List.copyOf(observers);
    }

    /** Adds a listener; it hears what is posted from now on, on the thread of the bus. */
    public synchronized void add(StreamingListener listener) {
        listeners.add(listener);
        if (thread == null && !closed) {
            thread = StreamThread.daemon("events", this::deliver);
            thread.start();
        }
    }

    public void remove(StreamingListener listener) {
        listeners.remove(listener);
    }

    /** Tells an event to everybody, as the call that each listener is to get. */
    public void post(Consumer<StreamingListener> event) {
        observers.forEach(observer -> tell(observer, event));
        if (!listeners.isEmpty() && !queue.offer(Optional.of(event))) {
            dropped.incrementAndGet();
        }
    }

    /** How many events listeners have missed because they were too slow. */
    public long dropped() {
        return dropped.get();
    }

    /** Lets the thread deliver what is queued and end; does not wait for it. */
    @Override
    public synchronized void close() {
        closed = true;
        endThread();
    }

    private void endThread() {
        if (thread != null && !queue.offer(Optional.empty())) {
            cutOff = true;
            thread.interrupt();
        }
    }

    private void deliver() {
        try {
            for (var event = queue.take(); event.isPresent() && !cutOff; event = queue.take()) {
                tellAll(event.get());
            }
        } catch (InterruptedException end) {
            log.debug("The bus was closed with events undelivered");
        }
    }

    private void tellAll(Consumer<StreamingListener> event) {
        listeners.forEach(listener -> tell(listener, event));
    }

    private static void tell(StreamingListener listener, Consumer<StreamingListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | Error failure) {
            log.error("Listener {} failed; the event is lost for it", listener, failure);
        }
    }
}
