package io.dstream;

import io.dstream.engine.Engine;
import io.dstream.event.ListenerBus;
import io.dstream.event.PipelineInfo;
import io.dstream.event.StreamingListener;
import io.dstream.local.LocalEngine;
import io.dstream.rdd.RunScope;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.storage.LibraryCodecs;
import io.dstream.storage.StorageSettings;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** What the pipelines of one context share; made and closed by the root. */
final class SharedParts implements AutoCloseable {

    private final StreamClock clock;
    private final BlockStore rows;
    private final Engine engine;
    private final RunScope lasting;
    private final ListenerBus events;
    private final Codec<Object> codec;

    // Mutable state
    private volatile Signal change = new Signal(); // set and replaced at every change of a pipeline
    private volatile boolean closed;

    SharedParts(StreamingConfig config) {
        this.clock = config.clock();
        this.codec = codec(config);
        this.rows = new BlockStore("context", config.storage().directory(), bounds(config.storage()), codec);
        this.engine = new LocalEngine(config.parallelism(), rows, codec);
        this.lasting = engine.openLasting("a context");
        List<StreamingListener> observers = new ArrayList<>(config.observers());
        observers.add(new ChangeObserver());
        this.events = new ListenerBus(observers);
    }

    StreamClock clock() {
        return clock;
    }

    /** That of the program, which also knows classes of the libraries whose connectors are there. */
    private static Codec<Object> codec(StreamingConfig config) {
        Codec<Object> own = Codec.allowing(config.allowedPackages(), config.aliases(), config.codecs());
        Map<Class<?>, Codec<?>> codecs = new LinkedHashMap<>();
        ServiceLoader.load(LibraryCodecs.class).forEach(library -> codecs.putAll(library.codecs(own)));
        codecs.putAll(config.codecs());
        return Codec.allowing(config.allowedPackages(), config.aliases(), codecs);
    }

    private static BlockStore.Bounds bounds(StorageSettings settings) {
        return new BlockStore.Bounds(settings.maxMemory(), Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Where rows are kept that are persisted. */
    BlockStore rows() {
        return rows;
    }

    Engine engine() {
        return engine;
    }

    RunScope lasting() {
        return lasting;
    }

    ListenerBus events() {
        return events;
    }

    /** For rows and states in files. */
    Codec<Object> codec() {
        return codec;
    }

    /** Set when a pipeline changes after this call. */
    Signal nextChange() {
        return change;
    }

    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The context is closed and cannot be started again; make a new one");
        }
    }

    @Override
    public void close() {
        closed = true;
        lasting.close();
        engine.close();
        rows.close();
        events.close();
    }

    private final class ChangeObserver implements StreamingListener {

        @Override
        public void onPipelineChanged(PipelineInfo pipeline) {
            synchronized (this) {
                Signal past = change;
                change = new Signal();
                past.set();
            }
        }
    }
}
