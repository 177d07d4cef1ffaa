package io.dstream.test;

import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The threads of the library that run. */
final class LibraryThreads {

    private LibraryThreads() {}

    /** The names of those that have this in their name. */
    static Set<String> with(String part) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("dstream-") && name.contains(part))
                .collect(Collectors.toSet());
    }

    /** Waits until there are none; those that were told to end may still be about it. */
    static void awaitNone(String part) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!with(part).isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Threads are left behind: " + with(part));
            }
            Thread.onSpinWait();
        }
    }
}
