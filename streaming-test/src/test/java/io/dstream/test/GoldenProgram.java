package io.dstream.test;

import io.dstream.DStream;
import io.dstream.MapWithStateDStream;
import io.dstream.PairDStream;
import io.dstream.StreamingContext;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.state.State;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Builds a program of the golden vectors with the public API: a tree of operators over inputs of strings or numbers.
 *
 * <p>Every leaf is an input of its own; {@link #push} gives all of them their rows of a batch. A node that is at two places of
 * the tree is one stream.
 */
final class GoldenProgram {

    static final List<Pair<String, Long>> STATIC_PAIRS = List.of(
            Pair.of("0", 100L), Pair.of("1", 101L), Pair.of("2", 102L), Pair.of("a", 103L), Pair.of("spark", 104L));

    private final StreamingContext context;
    private final JsonNode vector;
    private final Faults faults;
    private final @Nullable Sources sources; // null: rows are pushed into queues
    private final IdentityHashMap<JsonNode, Object> streams = new IdentityHashMap<>();
    private final List<Leaf<?>> leaves = new ArrayList<>();

    GoldenProgram(StreamingContext context, JsonNode vector) {
        this(context, vector, Faults.NONE);
    }

    /** A program whose inputs have faults. */
    GoldenProgram(StreamingContext context, JsonNode vector, Faults faults) {
        this(context, vector, faults, null);
    }

    /** A program whose inputs have their rows from the beginning. */
    GoldenProgram(StreamingContext context, JsonNode vector, Sources sources) {
        this(context, vector, Faults.NONE, sources);
    }

    private GoldenProgram(StreamingContext context, JsonNode vector, Faults faults, @Nullable Sources sources) {
        this.context = context;
        this.vector = vector;
        this.faults = faults;
        this.sources = sources;
    }

    /** What the program, or a part of it, puts out, as the text in which the vectors have it. */
    DStream<String> text(JsonNode op) {
        return switch (kind(op)) {
            case 'S' -> strings(op);
            case 'N' -> numbers(op).map(String::valueOf);
            default -> pairs(op).map(Pair::toString);
        };
    }

    /** Gives every input its rows of a batch, counted from 0. */
    void push(int batch) {
        leaves.forEach(leaf -> leaf.push(batch));
    }

    /** Whether an operator puts out strings, numbers or pairs: S, N or P. */
    static char kind(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "repartition", "window", "union" -> kind(in(op));
            case "lines", "split", "upper", "minLength", "distinct", "keys" -> 'S';
            case "numbers",
                    "values",
                    "affine",
                    "dropMod",
                    "repeat",
                    "sum",
                    "count",
                    "partitionSums",
                    "sumByWindow",
                    "sumByWindowInverse",
                    "countByWindow" -> 'N';
            default -> 'P';
        };
    }

    private DStream<String> strings(JsonNode op) {
        return once(op, () -> isCached(op) ? newStrings(op).cache() : newStrings(op));
    }

    private DStream<Long> numbers(JsonNode op) {
        return once(op, () -> isCached(op) ? newNumbers(op).cache() : newNumbers(op));
    }

    private PairDStream<String, Long> pairs(JsonNode op) {
        return once(op, () -> isCached(op) ? newPairs(op).cache() : newPairs(op));
    }

    @SuppressWarnings("unchecked") // an operator is always asked for as what it puts out
    private <S> S once(JsonNode op, Supplier<S> make) {
        Object made = streams.get(op);
        if (made == null) {
            made = make.get();
            streams.put(op, made);
        }
        return (S) made;
    }

    private DStream<String> newStrings(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "lines" -> leaf(vector.get("lines").get(op.get("source").asInt()), JsonNode::asString);
            case "split" ->
                strings(in(op)).flatMap(s -> Arrays.asList(s.split(" ")).iterator());
            case "upper" -> strings(in(op)).map(String::toUpperCase);
            case "minLength" -> {
                int least = op.get("n").asInt();
                yield strings(in(op)).filter(s -> s.length() >= least);
            }
            case "distinct" -> strings(in(op)).transform(rdd -> rdd.distinct());
            case "keys" -> pairs(in(op)).map(Pair::key);
            case "repartition" -> strings(in(op)).repartition(op.get("n").asInt());
            case "window" -> strings(in(op)).window(window(op), slide(op));
            case "union" -> strings(in(op)).union(strings(in2(op)));
            default -> throw new IllegalArgumentException("unknown operator of strings: " + op.get("op"));
        };
    }

    private DStream<Long> newNumbers(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "numbers" -> leaf(vector.get("numbers").get(op.get("source").asInt()), JsonNode::asLong);
            case "values" -> pairs(in(op)).map(Pair::value);
            case "affine" -> {
                long a = op.get("a").asLong();
                long b = op.get("b").asLong();
                yield numbers(in(op)).map(x -> a * x + b);
            }
            case "dropMod" -> {
                long m = op.get("m").asLong();
                long r = op.get("r").asLong();
                yield numbers(in(op)).filter(x -> Math.floorMod(x, m) != r);
            }
            case "repeat" -> {
                long k = op.get("k").asLong();
                yield numbers(in(op)).flatMap(x -> Stream.generate(() -> x)
                        .limit(Math.floorMod(x, k))
                        .iterator());
            }
            case "repartition" -> numbers(in(op)).repartition(op.get("n").asInt());
            case "sum" -> numbers(in(op)).reduce(Long::sum);
            case "count" ->
                kind(in(op)) == 'S' ? strings(in(op)).count() : numbers(in(op)).count();
            case "partitionSums" ->
                numbers(in(op)).mapPartitions(GoldenProgram::sumIfAny).reduce(Long::sum);
            case "window" -> numbers(in(op)).window(window(op), slide(op));
            case "sumByWindow" -> numbers(in(op)).reduceByWindow(Long::sum, window(op), slide(op));
            case "sumByWindowInverse" ->
                numbers(in(op)).reduceByWindow(Long::sum, (sum, gone) -> sum - gone, window(op), slide(op));
            case "countByWindow" ->
                kind(in(op)) == 'S'
                        ? strings(in(op)).countByWindow(window(op), slide(op))
                        : numbers(in(op)).countByWindow(window(op), slide(op));
            case "union" -> numbers(in(op)).union(numbers(in2(op)));
            default -> throw new IllegalArgumentException("unknown operator of numbers: " + op.get("op"));
        };
    }

    private PairDStream<String, Long> newPairs(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "keyByMod" -> {
                long m = op.get("m").asLong();
                yield numbers(in(op)).mapToPair(x -> Pair.of(String.valueOf(Math.floorMod(x, m)), x));
            }
            case "pairOne" -> strings(in(op)).mapToPair(s -> Pair.of(s, 1L));
            case "countByValue" -> strings(in(op)).countByValue();
            case "reduceByKeySum" -> pairs(in(op)).reduceByKey(Long::sum);
            case "reduceByKeyMax" -> pairs(in(op)).reduceByKey(Math::max);
            case "groupByKeyFold" -> pairs(in(op)).groupByKey().mapValues(GoldenProgram::fold);
            case "groupByKeyAndWindowFold" ->
                pairs(in(op)).groupByKeyAndWindow(window(op), slide(op)).mapValues(GoldenProgram::fold);
            case "combineByKeySpread" ->
                pairs(in(op))
                        .combineByKey(x -> new long[] {x, x}, GoldenProgram::widen, GoldenProgram::join)
                        .mapValues(spread -> spread[1] - spread[0]);
            case "mapValuesAffine" -> {
                long a = op.get("a").asLong();
                long b = op.get("b").asLong();
                yield pairs(in(op)).mapValues(v -> a * v + b);
            }
            case "flatMapValuesTwice" ->
                pairs(in(op)).flatMapValues(v -> List.of(v, v + 1).iterator());
            case "reduceByKeyAndWindow" -> pairs(in(op)).reduceByKeyAndWindow(Long::sum, window(op), slide(op));
            case "reduceByKeyAndWindowInverse" ->
                pairs(in(op)).reduceByKeyAndWindow(Long::sum, (sum, gone) -> sum - gone, window(op), slide(op));
            case "reduceByKeyAndWindowInverseFiltered" ->
                pairs(in(op))
                        .reduceByKeyAndWindow(
                                Long::sum, (sum, gone) -> sum - gone, window(op), slide(op), pair -> pair.value() != 0);
            case "countByValueAndWindow" -> strings(in(op)).countByValueAndWindow(window(op), slide(op));
            case "updateStateSum" -> {
                long dropAt = op.get("dropAt").asLong();
                yield isGiven(op, "initial")
                        ? pairs(in(op))
                                .updateStateByKey(UpdateSpec.<String, Long, Long>function(
                                                (values, state) -> updated(values, state, dropAt))
                                        .initialState(staticPairs()))
                        : pairs(in(op)).updateStateByKey((values, state) -> updated(values, state, dropAt));
            }
            case "mapWithStateSum" -> summing(op).mapToPair(pair -> pair);
            case "stateSnapshots" -> summing(op).stateSnapshots();
            case "window" -> pairs(in(op)).window(window(op), slide(op));
            case "union" -> pairs(in(op)).union(pairs(in2(op)));
            case "join" -> pairs(in(op)).join(pairs(in2(op))).mapValues(both -> mix(both.key(), both.value()));
            case "leftOuterJoin" ->
                pairs(in(op))
                        .leftOuterJoin(pairs(in2(op)))
                        .mapValues(both -> mix(both.key(), both.value().orElse(-1L)));
            case "rightOuterJoin" ->
                pairs(in(op))
                        .rightOuterJoin(pairs(in2(op)))
                        .mapValues(both -> mix(both.key().orElse(-1L), both.value()));
            case "fullOuterJoin" ->
                pairs(in(op))
                        .fullOuterJoin(pairs(in2(op)))
                        .mapValues(
                                both -> mix(both.key().orElse(-1L), both.value().orElse(-1L)));
            case "cogroup" ->
                pairs(in(op)).cogroup(pairs(in2(op))).mapValues(both -> mix(sum(both.key()), sum(both.value())));
            case "transformJoinStatic" -> {
                var fixed = staticPairs();
                yield pairs(in(op))
                        .transformToPair(rdd -> rdd.join(fixed).mapValues(both -> mix(both.key(), both.value())));
            }
            case "transformWithSubtract" ->
                pairs(in(op)).transformWithToPair(pairs(in2(op)), (left, right, time) -> left.subtractByKey(right));
            default -> throw new IllegalArgumentException("unknown operator of pairs: " + op.get("op"));
        };
    }

    private MapWithStateDStream<String, Long, Pair<String, Long>> summing(JsonNode op) {
        long removeAt = op.get("removeAt").asLong();
        StateSpec<String, Long, Long, Pair<String, Long>> spec =
                StateSpec.function((String key, Optional<Long> value, State<Long> state) -> state.isTimingOut()
                        ? Pair.of(key, -state.get())
                        : summed(key, value.orElseThrow(), state, removeAt));
        if (isGiven(op, "initial")) {
            spec = spec.initialState(staticPairs());
        }
        if (isGiven(op, "timeout")) {
            spec = spec.timeout(batches(op, "timeout"));
        }
        return pairs(in(op)).reduceByKey(Long::sum).mapWithState(spec);
    }

    private PairRDD<String, Long> staticPairs() {
        return context.parallelize(STATIC_PAIRS).mapToPair(pair -> pair);
    }

    private static Pair<String, Long> summed(String key, long value, State<Long> state, long removeAt) {
        boolean existed = state.exists();
        long sum = state.getOption().orElse(0L) + value;
        if (existed && Math.floorMod(sum, removeAt) == 0) {
            state.remove();
        } else {
            state.update(sum);
        }
        return Pair.of(key, sum);
    }

    static Optional<Long> updated(List<Long> values, Optional<Long> state, long dropAt) {
        long sum = state.orElse(0L);
        if (values.isEmpty()) {
            sum++;
            if (Math.floorMod(sum, dropAt) == 0) {
                return Optional.empty();
            }
        }
        return Optional.of(sum + sum(values));
    }

    private <T> DStream<T> leaf(JsonNode batches, Function<JsonNode, T> read) {
        if (sources != null) {
            List<List<T>> rows = new ArrayList<>();
            batches.forEach(batch -> {
                List<T> rowsOfBatch = new ArrayList<>();
                batch.forEach(row -> rowsOfBatch.add(read.apply(row)));
                rows.add(rowsOfBatch);
            });
            return sources.of(rows);
        }
        Leaf<T> leaf = new Leaf<>(context, new ConcurrentLinkedQueue<>(), batches, read);
        leaves.add(leaf);
        return faults.into(context.queueStream(leaf.queue));
    }

    private static boolean isCached(JsonNode op) {
        return isGiven(op, "cache");
    }

    static boolean isGiven(JsonNode op, String parameter) {
        return op.has(parameter);
    }

    static JsonNode in(JsonNode op) {
        return op.get("in").get(0);
    }

    static JsonNode in2(JsonNode op) {
        return op.get("in").get(1);
    }

    private Duration window(JsonNode op) {
        return batches(op, "window");
    }

    private Duration slide(JsonNode op) {
        return batches(op, "slide");
    }

    private Duration batches(JsonNode op, String parameter) {
        return context.config().batchInterval().multipliedBy(op.get(parameter).asLong());
    }

    private static Iterator<Long> sumIfAny(Iterator<Long> rows) {
        return rows.hasNext() ? List.of(sum(rows)).iterator() : List.<Long>of().iterator();
    }

    private static long sum(Iterator<Long> rows) {
        long sum = 0;
        while (rows.hasNext()) {
            sum += rows.next();
        }
        return sum;
    }

    static long sum(List<Long> values) {
        return sum(values.iterator());
    }

    static long fold(List<Long> values) {
        return values.stream().sorted().reduce(7L, (folded, value) -> folded * 31 + value);
    }

    static long mix(long left, long right) {
        return left * 31 + right;
    }

    private static long[] widen(long[] spread, long value) {
        return new long[] {Math.min(spread[0], value), Math.max(spread[1], value)};
    }

    private static long[] join(long[] first, long[] second) {
        return new long[] {Math.min(first[0], second[0]), Math.max(first[1], second[1])};
    }

    /** Makes inputs. */
    interface Sources {

        /** A stream of rows that are given batch by batch. */
        <T> DStream<T> of(List<List<T>> rows);
    }

    /** An input and the rows that a vector has for it. */
    private record Leaf<T>(
            StreamingContext context, Queue<RDD<T>> queue, JsonNode batches, Function<JsonNode, T> read) {

        void push(int batch) {
            if (batch < batches.size()) {
                List<T> rows = new ArrayList<>();
                batches.get(batch).forEach(row -> rows.add(read.apply(row)));
                queue.add(context.parallelize(rows));
            }
        }
    }
}
