package io.dstream.local;

import io.dstream.function.FlatMapFunction;
import io.dstream.function.Function;
import io.dstream.function.Function2;
import io.dstream.function.Functions;
import io.dstream.function.StreamingException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One partition ready to run: where its rows start, and the operators they are pushed through, one call each.
 *
 * <p>As an iterator it pushes everything at once in {@link #forEachRemaining}; otherwise it pushes one row of the source at
 * a time and holds only what became of it. Used by one thread, once.
 */
final class Flow<T> implements Iterator<T>, AutoCloseable {

    private static final String NO_ROWS = "an iterator without rows";

    private final Iterator<?> source;
    private final Fusion<T> fusion;
    private final @Nullable Iterator<T> unchanged; // the source, if its rows go through no operator
    private final @Nullable Isolation<?> isolation; // null: a row that fails fails the task

    // Mutable state
    private final List<AutoCloseable> resources; // still to be closed
    private final Deque<Slot<T>> pending = new ArrayDeque<>(1);
    private @Nullable Sink<Object> head; // made at the first pull

    private Flow(
            Iterator<?> source,
            Fusion<T> fusion,
            @Nullable Iterator<T> unchanged,
            @Nullable Isolation<?> isolation,
            List<AutoCloseable> resources) {
        this.source = source;
        this.fusion = fusion;
        this.unchanged = unchanged;
        this.isolation = isolation;
        this.resources = resources;
    }

    /** Rows as they come; an iterator that must be closed is closed with the flow. */
    static <T> Flow<T> of(Iterator<T> rows) {
        return of(rows, rows, null, resourcesOf(rows));
    }

    /** Rows of a source that are taken out if their operators fail, those that are added to the flow. */
    static <T> Flow<T> isolating(Iterator<T> rows, Isolation<T> isolation) {
        List<AutoCloseable> resources = resourcesOf(rows);
        resources.add(isolation::finish);
        return of(rows, null, isolation, resources);
    }

    @SuppressWarnings("unchecked") // without operators, the sink of T is the sink of the source's rows
    private static <T> Flow<T> of(
            Iterator<T> rows,
            @Nullable Iterator<T> unchanged,
            @Nullable Isolation<T> isolation,
            List<AutoCloseable> resources) {
        return new Flow<>(rows, sink -> (Sink<Object>) sink, unchanged, isolation, resources);
    }

    private static List<AutoCloseable> resourcesOf(Iterator<?> rows) {
        List<AutoCloseable> resources = new ArrayList<>();
        if (rows instanceof AutoCloseable closeable) {
            resources.add(closeable);
        }
        return resources;
    }

    <U> Flow<U> map(Function<T, U> function) {
        return through(sink -> row -> sink.push(function.call(row)));
    }

    /**
     * @param operator what the operator is called in errors
     */
    Flow<T> filter(Function<T, Boolean> function, String operator) {
        return through(sink -> row -> {
            if (Functions.requireReturned(operator, "true or false", function.call(row))) {
                sink.push(row);
            }
        });
    }

    /**
     * @param operator what the operator is called in errors
     */
    <U> Flow<U> flatMap(FlatMapFunction<T, U> function, String operator) {
        return through(sink -> row -> {
            Iterator<U> results = Functions.requireReturned(operator, NO_ROWS, function.call(row));
            while (results.hasNext()) {
                sink.push(results.next());
            }
        });
    }

    /**
     * The rows a function makes of all rows; it pulls them through an iterator of its own.
     *
     * @param operator what the operator is called in errors
     */
    <U> Flow<U> mapAll(FlatMapFunction<Iterator<T>, U> function, String operator) throws Exception {
        return followedBy(() -> of(Functions.requireReturned(operator, NO_ROWS, function.call(this))));
    }

    /**
     * The rows a function makes of all rows of this flow and of another one, which is closed with it.
     *
     * @param operator what the operator is called in errors
     */
    <S, U> Flow<U> zipAll(
            Callable<Flow<S>> other, Function2<Iterator<T>, Iterator<S>, Iterator<U>> function, String operator)
            throws Exception {
        return followedBy(() -> other.call().mapAll(rows -> function.call(this, rows), operator));
    }

    /** A flow that pulls its rows from this one, which is closed with it; closed at once if it cannot be made. */
    private <U> Flow<U> followedBy(Callable<Flow<U>> next) throws Exception {
        try {
            Flow<U> made = next.call();
            made.resources.add(this);
            return made;
        } catch (Throwable failure) {
            closeAfter(failure);
            throw failure;
        }
    }

    private void closeAfter(Throwable failure) {
        try {
            close();
        } catch (RuntimeException another) {
            failure.addSuppressed(another);
        }
    }

    private <U> Flow<U> through(Stage<T, U> stage) {
        return new Flow<>(source, sink -> fusion.into(stage.into(sink)), null, isolation, resources);
    }

    @Override
    public boolean hasNext() {
        while (pending.isEmpty()) {
            if (!source.hasNext()) {
                finish();
                return false;
            }
            pushNext();
        }
        return true;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the partition has no more rows");
        }
        return pending.remove().row();
    }

    @Override
    public void forEachRemaining(Consumer<? super T> action) {
        while (!pending.isEmpty()) {
            action.accept(pending.remove().row());
        }
        if (unchanged != null) {
            unchanged.forEachRemaining(action);
        } else {
            pushAll(action::accept);
        }
    }

    /** Pushes every row that is left in the source. */
    void pushAll(Sink<T> sink) {
        if (isolation != null) {
            pushAll(sink, isolation);
            return;
        }
        Sink<Object> first = fusion.into(sink);
        source.forEachRemaining(row -> push(first, row));
    }

    /** What becomes of a row goes on when all of it is there, so that no failure of the sink is taken for one of the row. */
    private void pushAll(Sink<T> sink, Isolation<?> isolating) {
        List<T> results = new ArrayList<>();
        Sink<Object> first = fusion.into(results::add);
        source.forEachRemaining(row -> {
            if (isolating.push(first, row)) {
                results.forEach(result -> push(sink, result));
            }
            results.clear();
        });
        finish();
    }

    /** Whoever has read the last row may let all of them count, and must not before the source has told of the others. */
    private void finish() {
        if (isolation != null) {
            isolation.finish();
        }
    }

    private static <S> void push(Sink<S> sink, S row) {
        try {
            sink.push(row);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }

    private void pushNext() {
        if (head == null) {
            head = fusion.into(row -> pending.add(new Slot<>(row)));
        }
        if (isolation == null) {
            push(head, source.next());
        } else if (!isolation.push(head, source.next())) {
            pending.clear();
        }
    }

    /** Closes all rows it reads that are of a kind to be closed, also if one of them fails in that; a second time, nothing. */
    @Override
    public void close() {
        Exception failure = null;
        while (!resources.isEmpty()) {
            try {
                resources.remove(0).close();
            } catch (Exception another) {
                failure = failure == null ? another : suppressing(failure, another);
            }
        }
        if (failure != null) {
            throw StreamingException.unchecked(failure);
        }
    }

    private static Exception suppressing(Exception first, Exception later) {
        first.addSuppressed(later);
        return first;
    }

    /** All operators from the source to T: given who takes the rows, who is to be given the source's. */
    private interface Fusion<T> {
        Sink<Object> into(Sink<T> sink);
    }

    /** One operator. */
    private interface Stage<S, T> {
        Sink<S> into(Sink<T> sink);
    }

    /** A row on its way, which may be null where a deque may not hold one. */
    private record Slot<T>(T row) {}
}
