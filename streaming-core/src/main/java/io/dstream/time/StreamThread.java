package io.dstream.time;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread of the library, named {@code dstream-} and its role.
 *
 * <p>Its type tells library threads from the user's: a user's code that runs on one must not wait for the library to stop.
 */
public final class StreamThread extends Thread {

    private static final Logger log = LoggerFactory.getLogger(StreamThread.class);

    private StreamThread(@Nullable ThreadGroup group, String role, Runnable work) {
        super(group, work, "dstream-" + role);
        setUncaughtExceptionHandler((thread, failure) -> log.error("Thread {} ended by a failure", thread, failure));
    }

    /** A thread that does not keep the process alive; not yet started. */
    public static StreamThread daemon(String role, Runnable work) {
        return daemon(null, role, work);
    }

    /** As {@link #daemon(String, Runnable)}, in a group of threads; null for that of the calling thread. */
    public static StreamThread daemon(@Nullable ThreadGroup group, String role, Runnable work) {
        StreamThread thread = new StreamThread(group, role, work);
        thread.setDaemon(true);
        return thread;
    }

    /** A thread that keeps the process alive until its work ends; not yet started. */
    public static StreamThread keepAlive(String role, Runnable work) {
        StreamThread thread = new StreamThread(null, role, work);
        thread.setDaemon(false);
        return thread;
    }

    /** Whether the calling thread belongs to the library. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof StreamThread;
    }
}
