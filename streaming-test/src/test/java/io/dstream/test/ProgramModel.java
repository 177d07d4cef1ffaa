package io.dstream.test;

import static io.dstream.test.GoldenProgram.in;
import static io.dstream.test.GoldenProgram.in2;
import static io.dstream.test.GoldenProgram.isGiven;
import static io.dstream.test.GoldenProgram.mix;
import static io.dstream.test.GoldenProgram.sum;

import io.dstream.rdd.Pair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a program of the golden vectors' kind puts out, by the meaning of its operators and nothing else: every operator makes
 * lists of lists, over all batches at once. A window looks at all batches it reaches, with an inverse or without; only what is
 * state by definition goes from one batch to the next.
 */
final class ProgramModel {

    private final JsonNode vector;
    private final NavigableSet<Integer> batches;

    /**
     * @param batches the numbers, from 1, of the batches that count: not those that were skipped
     */
    ProgramModel(JsonNode vector, NavigableSet<Integer> batches) {
        this.vector = vector;
        this.batches = batches;
    }

    /** The rows of an operator as sorted text, by the number of the batch; a batch in which it is not due is absent. */
    NavigableMap<Integer, List<String>> rows(JsonNode op) {
        return (switch (GoldenProgram.kind(op)) {
                    case 'S' -> strings(op);
                    case 'N' -> numbers(op);
                    default -> pairs(op);
                })
                .map(String::valueOf)
                .perBatch(rows -> rows.stream().sorted().toList())
                .batches;
    }

    private History<String> strings(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "lines" -> input("lines", op, JsonNode::asString);
            case "split" -> strings(in(op)).flatMap(row -> Arrays.asList(row.split(" ")));
            case "upper" -> strings(in(op)).map(String::toUpperCase);
            case "minLength" -> strings(in(op)).filter(row -> row.length() >= number(op, "n"));
            case "distinct" ->
                strings(in(op)).perBatch(rows -> rows.stream().distinct().toList());
            case "keys" -> pairs(in(op)).map(Pair::key);
            case "repartition" -> strings(in(op));
            case "window" -> window(strings(in(op)), op);
            case "union" -> strings(in(op)).with(strings(in2(op)), ProgramModel::both);
            default -> throw new IllegalArgumentException("unknown operator of strings: " + op.get("op"));
        };
    }

    private History<Long> numbers(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "numbers" -> input("numbers", op, JsonNode::asLong);
            case "values" -> pairs(in(op)).map(Pair::value);
            case "affine" -> numbers(in(op)).map(row -> number(op, "a") * row + number(op, "b"));
            case "dropMod" -> numbers(in(op)).filter(row -> Math.floorMod(row, number(op, "m")) != number(op, "r"));
            case "repeat" ->
                numbers(in(op)).flatMap(row -> Collections.nCopies((int) Math.floorMod(row, number(op, "k")), row));
            case "repartition" -> numbers(in(op));
            case "sum", "partitionSums" -> numbers(in(op)).perBatch(ProgramModel::sumIfAny);
            case "count" -> ones(in(op)).perBatch(rows -> List.of((long) rows.size()));
            case "window" -> window(numbers(in(op)), op);
            case "sumByWindow" -> window(numbers(in(op)), op).perBatch(ProgramModel::sumIfAny);
            case "sumByWindowInverse" -> sumByWindowInverse(numbers(in(op)), op);
            case "countByWindow" -> sumByWindowInverse(ones(in(op)), op);
            case "union" -> numbers(in(op)).with(numbers(in2(op)), ProgramModel::both);
            default -> throw new IllegalArgumentException("unknown operator of numbers: " + op.get("op"));
        };
    }

    private History<Pair<String, Long>> pairs(JsonNode op) {
        return switch (op.get("op").asString()) {
            case "keyByMod" ->
                numbers(in(op)).map(row -> Pair.of(String.valueOf(Math.floorMod(row, number(op, "m"))), row));
            case "pairOne" -> strings(in(op)).map(row -> Pair.of(row, 1L));
            case "countByValue" -> byKey(strings(in(op)).map(row -> Pair.of(row, 1L)), GoldenProgram::sum);
            case "reduceByKeySum" -> byKey(pairs(in(op)), GoldenProgram::sum);
            case "reduceByKeyMax" -> byKey(pairs(in(op)), Collections::max);
            case "groupByKeyFold" -> byKey(pairs(in(op)), GoldenProgram::fold);
            case "combineByKeySpread" ->
                byKey(pairs(in(op)), values -> Collections.max(values) - Collections.min(values));
            case "groupByKeyAndWindowFold" -> byKey(window(pairs(in(op)), op), GoldenProgram::fold);
            case "reduceByKeyAndWindow" -> byKey(window(pairs(in(op)), op), GoldenProgram::sum);
            case "reduceByKeyAndWindowInverse" -> sumByKeyAndWindowInverse(pairs(in(op)), op);
            case "reduceByKeyAndWindowInverseFiltered" ->
                sumByKeyAndWindowInverse(pairs(in(op)), op).filter(row -> row.value() != 0);
            case "countByValueAndWindow" ->
                byKey(window(strings(in(op)).map(row -> Pair.of(row, 1L)), op), GoldenProgram::sum);
            case "mapValuesAffine" ->
                pairs(in(op)).map(row -> Pair.of(row.key(), number(op, "a") * row.value() + number(op, "b")));
            case "flatMapValuesTwice" ->
                pairs(in(op)).flatMap(row -> List.of(row, Pair.of(row.key(), row.value() + 1)));
            case "updateStateSum" -> updateState(pairs(in(op)), op);
            case "mapWithStateSum" -> mapWithState(pairs(in(op)), op, false);
            case "stateSnapshots" -> mapWithState(pairs(in(op)), op, true);
            case "window" -> window(pairs(in(op)), op);
            case "union" -> pairs(in(op)).with(pairs(in2(op)), ProgramModel::both);
            case "join" -> joined(op, false, false);
            case "leftOuterJoin" -> joined(op, true, false);
            case "rightOuterJoin" -> joined(op, false, true);
            case "fullOuterJoin" -> joined(op, true, true);
            case "cogroup" ->
                pairs(in(op)).with(pairs(in2(op)), (left, right) -> keys(both(left, right)).stream()
                        .map(key -> Pair.of(key, mix(sum(valuesOf(key, left)), sum(valuesOf(key, right)))))
                        .toList());
            case "transformJoinStatic" ->
                pairs(in(op)).perBatch(rows -> join(rows, GoldenProgram.STATIC_PAIRS, false, false));
            case "transformWithSubtract" ->
                pairs(in(op)).with(pairs(in2(op)), (left, right) -> left.stream()
                        .filter(row -> !keys(right).contains(row.key()))
                        .toList());
            default -> throw new IllegalArgumentException("unknown operator of pairs: " + op.get("op"));
        };
    }

    private <T> History<T> input(String kind, JsonNode op, Function<JsonNode, T> read) {
        JsonNode source = vector.get(kind).get(op.get("source").asInt());
        NavigableMap<Integer, List<T>> rows = new TreeMap<>();
        for (int batch : batches) {
            List<T> own = new ArrayList<>();
            source.path(batch - 1).forEach(row -> own.add(read.apply(row)));
            rows.put(batch, own);
        }
        return new History<>(rows);
    }

    private History<Long> ones(JsonNode op) {
        return GoldenProgram.kind(op) == 'S'
                ? strings(op).map(row -> 1L)
                : numbers(op).map(row -> 1L);
    }

    private static <T> History<T> window(History<T> in, JsonNode op) {
        return in.window((int) number(op, "window"), (int) number(op, "slide"));
    }

    private static History<Long> sumByWindowInverse(History<Long> in, JsonNode op) {
        return sumByKeyAndWindowInverse(in.map(row -> Pair.of("", row)), op).map(Pair::value);
    }

    /** A key that a window has had stays, with zero. */
    private static History<Pair<String, Long>> sumByKeyAndWindowInverse(History<Pair<String, Long>> in, JsonNode op) {
        History<Pair<String, Long>> window = window(in, op);
        Set<String> had = new TreeSet<>();
        return window.perBatch(rows -> {
            had.addAll(keys(rows));
            return had.stream()
                    .map(key -> Pair.of(key, sum(valuesOf(key, rows))))
                    .toList();
        });
    }

    private static History<Pair<String, Long>> updateState(History<Pair<String, Long>> in, JsonNode op) {
        Map<String, Long> states = initialStates(op);
        return in.perBatch(rows -> {
            for (String key : union(states.keySet(), keys(rows))) {
                GoldenProgram.updated(valuesOf(key, rows), Optional.ofNullable(states.get(key)), number(op, "dropAt"))
                        .ifPresentOrElse(state -> states.put(key, state), () -> states.remove(key));
            }
            return pairsOf(states);
        });
    }

    /** The pairs of a key come as one, because the programs reduce them before. */
    private static History<Pair<String, Long>> mapWithState(
            History<Pair<String, Long>> in, JsonNode op, boolean snapshots) {
        Map<String, Long> states = initialStates(op);
        Map<String, Integer> touched = new TreeMap<>();
        NavigableMap<Integer, List<Pair<String, Long>>> result = new TreeMap<>();
        byKey(in, GoldenProgram::sum).batches.forEach((batch, rows) -> {
            List<Pair<String, Long>> mapped = new ArrayList<>();
            states.keySet().forEach(key -> touched.putIfAbsent(key, batch)); // those to begin with
            for (Pair<String, Long> row : rows) {
                long sum = states.getOrDefault(row.key(), 0L) + row.value();
                if (states.containsKey(row.key()) && Math.floorMod(sum, number(op, "removeAt")) == 0) {
                    states.remove(row.key());
                } else {
                    states.put(row.key(), sum);
                    touched.put(row.key(), batch);
                }
                mapped.add(Pair.of(row.key(), sum));
            }
            if (isGiven(op, "timeout")) {
                for (String key : List.copyOf(states.keySet())) {
                    if (touched.get(key) < batch - number(op, "timeout")) {
                        mapped.add(Pair.of(key, -states.remove(key)));
                    }
                }
            }
            result.put(batch, snapshots ? pairsOf(states) : mapped);
        });
        return new History<>(result);
    }

    private static Map<String, Long> initialStates(JsonNode op) {
        Map<String, Long> states = new TreeMap<>();
        if (isGiven(op, "initial")) {
            GoldenProgram.STATIC_PAIRS.forEach(pair -> states.put(pair.key(), pair.value()));
        }
        return states;
    }

    private History<Pair<String, Long>> joined(JsonNode op, boolean allLeft, boolean allRight) {
        return pairs(in(op)).with(pairs(in2(op)), (left, right) -> join(left, right, allLeft, allRight));
    }

    private static List<Pair<String, Long>> join(
            List<Pair<String, Long>> left, List<Pair<String, Long>> right, boolean allLeft, boolean allRight) {
        List<Pair<String, Long>> rows = new ArrayList<>();
        for (String key : keys(both(left, right))) {
            List<Long> lefts = valuesOf(key, left);
            List<Long> rights = valuesOf(key, right);
            for (long l : lefts.isEmpty() && allRight ? List.of(-1L) : lefts) {
                for (long r : rights.isEmpty() && allLeft ? List.of(-1L) : rights) {
                    rows.add(Pair.of(key, mix(l, r)));
                }
            }
        }
        return rows;
    }

    private static History<Pair<String, Long>> byKey(
            History<Pair<String, Long>> in, Function<List<Long>, Long> function) {
        return in.perBatch(rows -> keys(rows).stream()
                .map(key -> Pair.of(key, function.apply(valuesOf(key, rows))))
                .toList());
    }

    private static Set<String> keys(List<Pair<String, Long>> rows) {
        return rows.stream().map(Pair::key).collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Long> valuesOf(String key, List<Pair<String, Long>> rows) {
        return rows.stream()
                .filter(row -> row.key().equals(key))
                .map(Pair::value)
                .toList();
    }

    private static List<Pair<String, Long>> pairsOf(Map<String, Long> states) {
        return states.entrySet().stream()
                .map(entry -> Pair.of(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static Set<String> union(Set<String> first, Set<String> second) {
        Set<String> all = new TreeSet<>(first);
        all.addAll(second);
        return all;
    }

    private static List<Long> sumIfAny(List<Long> rows) {
        return rows.isEmpty() ? List.of() : List.of(sum(rows));
    }

    private static <T> List<T> both(List<T> left, List<T> right) {
        return Stream.concat(left.stream(), right.stream()).toList();
    }

    private static long number(JsonNode op, String parameter) {
        return op.get(parameter).asLong();
    }

    /** The rows of a stream in every batch in which it is due, by the number of the batch. */
    private record History<T>(NavigableMap<Integer, List<T>> batches) {

        /** What a function makes of the rows of each batch; it is called for the batches in their order. */
        <U> History<U> perBatch(Function<List<T>, List<U>> function) {
            NavigableMap<Integer, List<U>> made = new TreeMap<>();
            batches.forEach((batch, rows) -> made.put(batch, function.apply(rows)));
            return new History<>(made);
        }

        <U> History<U> flatMap(Function<T, List<U>> function) {
            return perBatch(rows ->
                    rows.stream().flatMap(row -> function.apply(row).stream()).toList());
        }

        <U> History<U> map(Function<T, U> function) {
            return flatMap(row -> List.of(function.apply(row)));
        }

        History<T> filter(Predicate<T> condition) {
            return flatMap(row -> condition.test(row) ? List.of(row) : List.of());
        }

        <U, R> History<R> with(History<U> other, BiFunction<List<T>, List<U>, List<R>> function) {
            NavigableMap<Integer, List<R>> made = new TreeMap<>();
            batches.forEach((batch, rows) -> made.put(batch, function.apply(rows, other.batches.get(batch))));
            return new History<>(made);
        }

        History<T> window(int length, int slide) {
            NavigableMap<Integer, List<T>> windows = new TreeMap<>();
            for (int batch : batches.keySet()) {
                if (batch % slide == 0) {
                    Collection<List<T>> reached =
                            batches.subMap(batch - length, false, batch, true).values();
                    windows.put(batch, reached.stream().flatMap(List::stream).toList());
                }
            }
            return new History<>(windows);
        }
    }
}
