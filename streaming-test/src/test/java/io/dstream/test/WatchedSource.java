package io.dstream.test;

import io.dstream.input.InputSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;

/** An input's source that tells a test when each of its methods begins and ends. */
final class WatchedSource {

    private WatchedSource() {}

    @SuppressWarnings("unchecked")
    static <T> InputSource<T> of(InputSource<T> source, Watcher watcher) {
        return (InputSource<T>) Proxy.newProxyInstance(
                InputSource.class.getClassLoader(), new Class<?>[] {InputSource.class}, (proxy, method, arguments) -> {
                    Instant time = arguments != null && arguments[0] instanceof Instant batch ? batch : Instant.MIN;
                    watcher.reach("before " + method.getName(), time);
                    try {
                        Object result = method.invoke(source, arguments);
                        watcher.reach("after " + method.getName(), time);
                        return result;
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                });
    }

    /** Is told on the thread that calls the source. */
    @FunctionalInterface
    interface Watcher {

        /**
         * Tells of a step.
         *
         * @param step such as {@code before allocate}
         * @param time of the batch; the least if the method is of none
         */
        void reach(String step, Instant time);
    }
}
