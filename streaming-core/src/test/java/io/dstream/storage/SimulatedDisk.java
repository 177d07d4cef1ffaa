package io.dstream.storage;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk whose power can be cut, and that can fail.
 *
 * <p>What a program writes is seen by it at once, and is on the platter once it is forced. A cut leaves what is on the platter and,
 * of what was not forced, any sectors in any version that was written, any length, and any changes of names. A force that fails
 * leaves the same; what it has not brought to the platter is never brought there by another, because the system takes it for written.
 */
final class SimulatedDisk implements Disk {

    static final int SECTOR = 512;

    /** Ends a program: every operation from the one that was set on. */
    static final class Crash extends Error {

        private static final long serialVersionUID = 1L;

        Crash(int operation) {
            super("Ended before operation " + operation);
        }
    }

    /** What becomes of an operation that changes something. */
    @FunctionalInterface
    interface Fate {

        Fate GOOD = (number, name) -> {};

        /**
         * Is told of an operation before it is done, on the thread that does it.
         *
         * @param number of the operation, from 0
         * @param operation such as {@code force log-1}
         * @throws IOException if it is to fail; of a write, some bytes are written
         * @throws Crash if it is not to be done
         */
        void decide(int number, String operation) throws IOException;
    }

    private final Random random;

    // Mutable state, guarded by this
    private final Map<String, Content> names = new TreeMap<>();
    private final Map<String, Content> namesOnPlatter = new TreeMap<>();
    private final List<Map<String, Content>> changes =
            new ArrayList<>(); // of names, not forced; a value without bytes: gone
    private final List<String> operations = new ArrayList<>();
    private Fate fate = Fate.GOOD;

    SimulatedDisk(Random random) {
        this.random = random;
    }

    /** Says what becomes of operations from now on. */
    synchronized void setFate(Fate newFate) {
        fate = newFate;
    }

    /** Lets the program end before the operation of a number. */
    void crashBefore(int operation) {
        setFate((number, name) -> {
            if (number >= operation) {
                throw new Crash(operation);
            }
        });
    }

    /** What was begun so far. */
    synchronized List<String> operations() {
        return List.copyOf(operations);
    }

    /** The bytes of a file, as a program reads them. */
    synchronized byte[] bytes(String name) {
        return names.get(name).now.clone();
    }

    /** Damages a file, or makes one. */
    synchronized void put(String name, byte[] bytes) {
        Content content = new Content(bytes);
        names.put(name, content);
        namesOnPlatter.put(name, content);
    }

    /** Loses a file. */
    synchronized void remove(String name) {
        names.remove(name);
        namesOnPlatter.remove(name);
    }

    /** What another program finds after this one was killed: all that was written. */
    synchronized SimulatedDisk afterKill() {
        SimulatedDisk next = new SimulatedDisk(random);
        Map<Content, Content> copies = new HashMap<>();
        names.forEach((name, content) -> next.names.put(name, content.copy(copies)));
        namesOnPlatter.forEach((name, content) -> next.namesOnPlatter.put(name, content.copy(copies)));
        changes.forEach(change -> {
            Map<String, Content> copy = new LinkedHashMap<>();
            change.forEach((name, content) -> copy.put(name, content.copy(copies)));
            next.changes.add(copy);
        });
        return next;
    }

    /** What a program finds after the power was cut. */
    synchronized SimulatedDisk afterCut() {
        Map<String, Content> left = new TreeMap<>(namesOnPlatter);
        for (Map<String, Content> change : changes) {
            if (random.nextBoolean()) {
                apply(change, left);
            }
        }
        SimulatedDisk next = new SimulatedDisk(random);
        Map<Content, byte[]> bytes = new HashMap<>();
        left.forEach((name, content) -> next.put(
                name,
                bytes.computeIfAbsent(content, unsafe -> unsafe.afterCut(random))
                        .clone()));
        return next;
    }

    @Override
    public synchronized List<String> list() {
        return new ArrayList<>(names.keySet());
    }

    @Override
    public Output create(String name) throws IOException {
        decide("create " + name);
        return created(name);
    }

    private synchronized Output created(String name) throws IOException {
        if (names.containsKey(name)) {
            throw new FileAlreadyExistsException(name);
        }
        Content content = new Content(new byte[0]);
        change(Map.of(name, content));
        return new SimulatedOutput(name, content);
    }

    @Override
    public synchronized Input open(String name) throws IOException {
        Content content = names.get(name);
        if (content == null) {
            throw new NoSuchFileException(name);
        }
        return new SimulatedInput(content);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        decide("rename " + from + " to " + to);
        synchronized (this) {
            Content content = names.get(from);
            if (content == null) {
                throw new NoSuchFileException(from);
            }
            Map<String, Content> change = new LinkedHashMap<>();
            change.put(from, Content.NONE);
            change.put(to, content);
            change(change);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        decide("delete " + name);
        synchronized (this) {
            if (names.containsKey(name)) {
                change(Map.of(name, Content.NONE));
            }
        }
    }

    @Override
    public void forceNames() throws IOException {
        decide("force names");
        synchronized (this) {
            changes.forEach(change -> apply(change, namesOnPlatter));
            changes.clear();
        }
    }

    @Override
    public String locate(String name) {
        return "/simulated/" + name;
    }

    private void change(Map<String, Content> change) {
        changes.add(change);
        apply(change, names);
    }

    private static void apply(Map<String, Content> change, Map<String, Content> to) {
        change.forEach((name, content) -> {
            if (content == Content.NONE) {
                to.remove(name);
            } else {
                to.put(name, content);
            }
        });
    }

    /** Without the lock, so that a test may wait in it. */
    private void decide(String operation) throws IOException {
        Fate now;
        int number;
        synchronized (this) {
            now = fate;
            number = operations.size();
            operations.add(operation);
        }
        now.decide(number, operation);
    }

    /** The bytes of a file. */
    private static final class Content {

        private static final Content NONE = new Content(new byte[0]);

        private byte[] now;
        private byte[] onPlatter;
        private final Map<Integer, List<byte[]>> versions = new TreeMap<>(); // of sectors, since the last force
        private int longest; // length that the system believes to be or to bring on the platter

        Content(byte[] bytes) {
            now = bytes.clone();
            onPlatter = now;
            longest = now.length;
        }

        Content copy(Map<Content, Content> copies) {
            return this == NONE
                    ? NONE
                    : copies.computeIfAbsent(this, original -> {
                        Content copy = new Content(original.now);
                        copy.onPlatter = original.onPlatter;
                        copy.versions.putAll(original.versions);
                        copy.longest = original.longest;
                        return copy;
                    });
        }

        void append(byte[] bytes, int offset, int length) {
            int start = now.length;
            now = Arrays.copyOf(now, start + length);
            System.arraycopy(bytes, offset, now, start, length);
            longest = now.length;
            for (int sector = start / SECTOR; sector * SECTOR < now.length; sector++) {
                versions.computeIfAbsent(sector, none -> new ArrayList<>()).add(sector(now, sector));
            }
        }

        void force() {
            byte[] forced = Arrays.copyOf(onPlatter, longest);
            versions.forEach((sector, written) -> putSector(written.get(written.size() - 1), sector, forced));
            onPlatter = forced;
            versions.clear();
        }

        /** Brings some of it to the platter, and takes the rest for written. */
        void failForce(Random random) {
            onPlatter = afterCut(random);
            versions.clear();
            longest = onPlatter.length;
        }

        byte[] afterCut(Random random) {
            int growth = Math.max(0, longest - onPlatter.length);
            int grown = random.nextInt(3) == 0 ? random.nextInt(growth + 1) : random.nextBoolean() ? growth : 0;
            byte[] left = Arrays.copyOf(onPlatter, onPlatter.length + grown);
            int likelihood = random.nextInt(11);
            versions.forEach((sector, written) -> {
                if (random.nextInt(10) < likelihood) {
                    putSector(written.get(random.nextInt(written.size())), sector, left);
                }
            });
            return left;
        }

        private static byte[] sector(byte[] bytes, int sector) {
            return Arrays.copyOfRange(bytes, sector * SECTOR, Math.min(bytes.length, (sector + 1) * SECTOR));
        }

        private static void putSector(byte[] content, int sector, byte[] into) {
            int start = sector * SECTOR;
            int length = Math.min(content.length, into.length - start);
            if (length > 0) {
                System.arraycopy(content, 0, into, start, length);
            }
        }
    }

    private final class SimulatedOutput implements Output {

        private final String name;
        private final Content content;
        private boolean closed;

        SimulatedOutput(String name, Content content) {
            this.name = name;
            this.content = content;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            requireOpen();
            try {
                decide("write " + name);
                append(bytes, offset, length);
            } catch (IOException failure) {
                append(bytes, offset, random.nextInt(length + 1));
                throw failure;
            }
        }

        @Override
        public void force() throws IOException {
            requireOpen();
            try {
                decide("force " + name);
                force(true);
            } catch (IOException failure) {
                force(false);
                throw failure;
            }
        }

        private void append(byte[] bytes, int offset, int length) {
            synchronized (SimulatedDisk.this) {
                content.append(bytes, offset, length);
            }
        }

        private void force(boolean good) {
            synchronized (SimulatedDisk.this) {
                if (good) {
                    content.force();
                } else {
                    content.failForce(random);
                }
            }
        }

        @Override
        public void close() {
            closed = true;
        }

        private void requireOpen() throws IOException {
            if (closed) {
                throw new IOException(name + " is closed");
            }
        }
    }

    private static final class SimulatedInput implements Input {

        private final Content content;

        SimulatedInput(Content content) {
            this.content = content;
        }

        @Override
        public long size() {
            return content.now.length;
        }

        @Override
        public void read(long position, byte[] into, int offset, int length) throws IOException {
            if (position + length > content.now.length) {
                throw new EOFException();
            }
            System.arraycopy(content.now, Math.toIntExact(position), into, offset, length);
        }

        @Override
        public void close() {}
    }
}
