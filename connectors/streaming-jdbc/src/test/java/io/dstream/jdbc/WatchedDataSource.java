package io.dstream.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** Lets a test do something at the steps of a transaction. */
final class WatchedDataSource extends DelegatingDataSource {

    /** A step of a transaction that has rows. */
    enum Step {
        CONNECT,
        ROWS_WRITTEN,
        BEFORE_COMMIT,
        AFTER_COMMIT
    }

    /** What happens at a step. */
    interface Watcher {
        void reached(Step step) throws SQLException;
    }

    private final AtomicInteger openConnections = new AtomicInteger();

    // Mutable state
    private volatile Watcher watcher = step -> {};

    WatchedDataSource(DataSource target) {
        super(target);
    }

    void watch(Watcher newWatcher) {
        watcher = newWatcher;
    }

    int openConnections() {
        return openConnections.get();
    }

    @Override
    public Connection getConnection() throws SQLException {
        watcher.reached(Step.CONNECT);
        Connection target = super.getConnection();
        openConnections.incrementAndGet();
        return proxy(Connection.class, target);
    }

    @SuppressWarnings("unchecked")
    private <T> T proxy(Class<T> type, Object target) {
        return (T) Proxy.newProxyInstance(
                WatchedDataSource.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    String name = method.getName();
                    if (name.equals("commit")) {
                        watcher.reached(Step.BEFORE_COMMIT);
                    }
                    Object result;
                    try {
                        result = method.invoke(target, arguments);
                    } catch (InvocationTargetException failure) {
                        throw failure.getCause();
                    }
                    switch (name) {
                        case "commit" -> watcher.reached(Step.AFTER_COMMIT);
                        case "executeBatch" -> watcher.reached(Step.ROWS_WRITTEN);
                        case "close" -> closed(type);
                        default -> {}
                    }
                    return result instanceof PreparedStatement ? proxy(PreparedStatement.class, result) : result;
                });
    }

    private void closed(Class<?> type) {
        if (type == Connection.class) {
            openConnections.decrementAndGet();
        }
    }
}
