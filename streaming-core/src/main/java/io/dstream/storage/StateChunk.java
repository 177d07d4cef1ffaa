package io.dstream.storage;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some states of a node, which one record has.
 *
 * @param keys of the states
 * @param states by the indexes of the keys; null for one that was removed
 * @param dataTimes when the keys last had data, likewise
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record StateChunk(List<?> keys, List<?> states, long[] dataTimes) {

    private static final int LIST = 0; // encoded by the codec
    private static final int NUMBERS = 1; // Long alone, each as a small number
    private static final int EQUAL = 0; // one time for all
    private static final int DIFFERENT = 1; // the difference to the one before, each

    /** Some of the states. */
    StateChunk part(int from, int to) {
        return new StateChunk(
                keys.subList(from, to), states.subList(from, to), Arrays.copyOfRange(dataTimes, from, to));
    }

    JournalRecord toRecord(String node, Instant time, Codec<Object> codec) {
        PayloadWriter out = new PayloadWriter()
                .putText(node)
                .putTime(time)
                .putText(className(keys))
                .putText(className(states))
                .putInt(keys.size());
        if (!keys.isEmpty()) {
            putValues(keys, out, codec);
            putValues(states, out, codec);
            putTimes(out);
        }
        return out.toRecord(LogFormat.STATES);
    }

    static StateChunk read(ByteBuffer payload, Codec<Object> codec) {
        PayloadReader in = new PayloadReader(payload);
        in.getText();
        in.getTime();
        in.getText();
        in.getText();
        int count = in.getInt();
        if (count == 0) {
            return new StateChunk(List.of(), List.of(), new long[0]);
        }
        List<?> keys = values(in, count, codec);
        List<?> states = values(in, count, codec);
        if (keys.size() != count || states.size() != count) {
            throw new IllegalStateException(
                    "There are " + keys.size() + " keys and " + states.size() + " states, not " + count);
        }
        return new StateChunk(keys, states, times(in, count));
    }

    /** Long is the most frequent class, and in this form is written and read several times as fast as in a list. */
    private static void putValues(List<?> values, PayloadWriter out, Codec<Object> codec) {
        if (values.stream().allMatch(Long.class::isInstance)) {
            out.putByte(NUMBERS);
            values.forEach(value -> out.putSmall((Long) value));
        } else {
            out.putByte(LIST).putBytes(codec.encode(new ArrayList<>(values)));
        }
    }

    private static List<?> values(PayloadReader in, int count, Codec<Object> codec) {
        int form = in.getByte();
        if (form == LIST) {
            return (List<?>) codec.decode(in.getBytes());
        }
        if (form != NUMBERS) {
            throw new IllegalStateException("States are in a form " + form + ", which is that of a later version");
        }
        List<Long> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(in.getSmall());
        }
        return numbers;
    }

    private void putTimes(PayloadWriter out) {
        long first = dataTimes[0];
        if (Arrays.stream(dataTimes).allMatch(time -> time == first)) {
            out.putByte(EQUAL).putLong(first);
        } else {
            out.putByte(DIFFERENT);
            long before = 0;
            for (long time : dataTimes) {
                out.putSmall(time - before);
                before = time;
            }
        }
    }

    private static long[] times(PayloadReader in, int count) {
        long[] times = new long[count];
        if (in.getByte() == EQUAL) {
            Arrays.fill(times, in.getLong());
        } else {
            long before = 0;
            for (int i = 0; i < count; i++) {
                before += in.getSmall();
                times[i] = before;
            }
        }
        return times;
    }

    private static String className(List<? extends @Nullable Object> values) {
        return values.stream()
                .filter(Objects::nonNull)
                .findFirst()
                .map(value -> value.getClass().getName())
                .orElse("");
    }
}
