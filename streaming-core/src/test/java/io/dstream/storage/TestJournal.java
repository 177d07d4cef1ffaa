package io.dstream.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A journal of texts, opened on a disk: what it had, and where it goes on. */
final class TestJournal implements Closeable {

    static final JournalFiles FILES = new JournalFiles("test log", "orders", "log-", ".seg");
    static final byte TYPE = 7;

    /** How much longer tests that draw lots take than in a build. */
    static final int ROUNDS = Integer.getInteger("dstream.test.rounds", 1);

    final List<List<String>> groups = new ArrayList<>();
    final Map<String, Long> segments = new LinkedHashMap<>(); // in which groups are, by their first records
    private final Map<RecordPlace, String> places = new HashMap<>();
    final JournalState state;
    final Journal journal;

    TestJournal(Disk disk, long segmentBytes) throws IOException {
        this(disk, segmentBytes, 0);
    }

    TestJournal(Disk disk, long segmentBytes, long after) throws IOException {
        state = new JournalReader<>(disk, FILES, new Texts(), bytes -> {}).read(after);
        journal = new Journal(disk, FILES, segmentBytes, state, this::move);
    }

    void write(String... group) throws IOException {
        journal.write(
                Arrays.stream(group)
                        .map(text -> new JournalRecord(TYPE, text.getBytes(StandardCharsets.UTF_8)))
                        .toList(),
                segment -> segments.put(group[0], segment));
    }

    /** The first records of the groups that were read. */
    List<String> read() {
        return groups.stream().map(group -> group.get(0)).toList();
    }

    private void move(RecordPlace from, RecordPlace to) {
        segments.put(places.get(from), to.segment());
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }

    private final class Texts implements JournalReader.Parser<String> {

        @Override
        public String parse(StoredRecord record) {
            byte[] bytes = new byte[record.payload().remaining()];
            record.payload().get(bytes);
            String text = new String(bytes, StandardCharsets.UTF_8);
            places.put(record.where(), text);
            segments.put(text, record.where().segment());
            return text;
        }

        @Override
        public void accept(List<String> group) {
            groups.add(List.copyOf(group));
        }
    }
}
