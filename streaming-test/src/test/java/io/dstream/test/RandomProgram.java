package io.dstream.test;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Scanner;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A program of the golden vectors' kind, made at random: the same seed makes the same program. Other than there, streams may
 * be used twice or cached, slides may be of three batches, and states may begin with values and time out.
 */
final class RandomProgram {

    private static final int BATCHES_WITH_ROWS = 10;
    private static final List<String> WORDS =
            List.of("a", "bb", "ccc", "x", "batch", "spark", "stream", "word word", "hello world", "");

    /**
     * The operators of the golden vectors, one a line: what it puts out (S for strings, N for numbers, P for pairs), its name,
     * what it takes, and the ranges of its parameters; after {@code ?} that of one that may be missing. The length of a window
     * counts slides of what it takes.
     */
    private static final List<Operator> OPERATORS =
            """
            S split S
            S upper S
            S minLength S n=1..4
            S distinct S
            S keys P
            S repartition S n=1..4
            S window S window=1..4
            S union SS
            N values P
            N affine N a=-2..3 b=0..3
            N dropMod N m=2..4 r=0..1
            N repeat N k=2..4
            N repartition N n=1..4
            N sum N
            N count N
            N count S
            N partitionSums N
            N window N window=1..4
            N sumByWindow N window=1..4
            N sumByWindowInverse N window=1..4
            N countByWindow N window=1..4
            N countByWindow S window=1..4
            N union NN
            P keyByMod N m=2..6
            P pairOne S
            P countByValue S
            P reduceByKeySum P
            P reduceByKeyMax P
            P groupByKeyFold P
            P combineByKeySpread P
            P groupByKeyAndWindowFold P window=1..4
            P reduceByKeyAndWindow P window=1..4
            P reduceByKeyAndWindowInverse P window=1..4
            P reduceByKeyAndWindowInverseFiltered P window=1..4
            P countByValueAndWindow S window=1..4
            P mapValuesAffine P a=-2..3 b=0..3
            P flatMapValuesTwice P
            P updateStateSum P dropAt=2..11 initial?1..1
            P mapWithStateSum P removeAt=2..11 initial?1..1 timeout?1..3
            P stateSnapshots P removeAt=2..11 initial?1..1 timeout?1..3
            P window P window=1..4
            P union PP
            P join PP
            P leftOuterJoin PP
            P rightOuterJoin PP
            P fullOuterJoin PP
            P cogroup PP
            P transformJoinStatic P
            P transformWithSubtract PP
            """.lines().map(Operator::parse).toList();

    private final long seed;
    private final Random random;
    private final ObjectNode vector = JsonNodeFactory.instance.objectNode();
    private final List<Part> parts = new ArrayList<>();
    private final List<JsonNode> outputs;

    RandomProgram(long seed) {
        this.seed = seed;
        this.random = new Random(seed);
        Part root = part(oneOf(List.of('S', 'N', 'P', 'P')), between(1, 5), oneOf(List.of(1, 1, 1, 2, 3, 6)));
        this.outputs = Stream.of(root, oneOf(parts), oneOf(parts))
                .<JsonNode>map(Part::op)
                .limit(between(1, 3))
                .toList();
        vector.set("lines", twoSources(() -> StringNode.valueOf(line())));
        vector.set("numbers", twoSources(() -> LongNode.valueOf(between(-5, 34))));
    }

    /** The rows of its inputs, as a golden vector has them. */
    JsonNode vector() {
        return vector;
    }

    /** The operators that have an output: the last one, and up to two others, perhaps the same again. */
    List<JsonNode> outputs() {
        return outputs;
    }

    @Override
    public String toString() {
        return "program " + seed + ": outputs " + outputs + " of inputs " + vector;
    }

    /** An operator and what it takes, no deeper than asked for, with a slide of so many batches. */
    private Part part(char kind, int depth, int slide) {
        List<Part> alike = parts.stream()
                .filter(part -> part.kind == kind && part.depth <= depth && part.slide == slide)
                .toList();
        if (!alike.isEmpty() && random.nextInt(6) == 0) {
            return oneOf(alike);
        }
        boolean isInput = depth == 0 && slide == 1 && kind != 'P';
        Part part = new Part(isInput ? input(kind) : operator(kind, depth, slide), kind, depth, slide);
        parts.add(part);
        return part;
    }

    private ObjectNode input(char kind) {
        return node(kind == 'S' ? "lines" : "numbers").put("source", between(0, 1));
    }

    private ObjectNode operator(char kind, int depth, int slide) {
        Operator operator = oneOf(OPERATORS.stream()
                .filter(candidate -> candidate.out == kind && (depth > 0 || candidate.takesInputs(slide)))
                .toList());
        int inSlide = operator.isWindow() ? oneOf(inSlides(slide, depth)) : slide;
        ObjectNode op = node(operator.name);
        op.set("in", taken(operator, depth, inSlide));
        for (Parameter parameter : operator.parameters) {
            if (parameter.isWindow()) {
                op.put("window", between(parameter.from, parameter.to) * inSlide)
                        .put("slide", slide);
            } else if (!parameter.mayBeMissing || random.nextBoolean()) {
                op.put(parameter.name, between(parameter.from, parameter.to));
            }
        }
        return random.nextInt(10) == 0 ? op.put("cache", true) : op;
    }

    /** One of two is shallow, lest joins multiply the rows without end. */
    private ArrayNode taken(Operator operator, int depth, int slide) {
        List<ObjectNode> taken = new ArrayList<>();
        taken.add(part(operator.in.charAt(0), Math.max(0, depth - 1), slide).op);
        if (operator.in.length() == 2) {
            taken.add(part(operator.in.charAt(1), Math.max(0, Math.min(1, depth - 1)), slide).op);
            Collections.shuffle(taken, random);
        }
        return JsonNodeFactory.instance.arrayNode().addAll(taken);
    }

    /** The slides that a window of this slide may be over: at most three of them in one. */
    private static List<Integer> inSlides(int slide, int depth) {
        return IntStream.rangeClosed(1, slide)
                .filter(in -> slide % in == 0 && slide / in <= 3 && (depth > 0 || in < slide))
                .boxed()
                .toList();
    }

    private ArrayNode twoSources(Supplier<JsonNode> row) {
        return array(2, () -> array(BATCHES_WITH_ROWS, () -> array(Math.max(0, between(-1, 5)), row)));
    }

    private static ArrayNode array(int size, Supplier<? extends JsonNode> element) {
        return JsonNodeFactory.instance
                .arrayNode()
                .addAll(Stream.<JsonNode>generate(element).limit(size).toList());
    }

    private String line() {
        return random.ints(between(1, 4), 0, WORDS.size()).mapToObj(WORDS::get).collect(Collectors.joining(" "));
    }

    private static ObjectNode node(String op) {
        return JsonNodeFactory.instance.objectNode().put("op", op);
    }

    private int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** A stream that was made, for which others may look. */
    private record Part(ObjectNode op, char kind, int depth, int slide) {}

    private record Operator(char out, String name, String in, List<Parameter> parameters) {

        static Operator parse(String line) {
            String[] words = line.split(" ");
            return new Operator(
                    words[0].charAt(0),
                    words[1],
                    words[2],
                    Arrays.stream(words).skip(3).map(Parameter::parse).toList());
        }

        boolean isWindow() {
            return parameters.stream().anyMatch(Parameter::isWindow);
        }

        /** Whether it makes a stream of the kind and slide out of an input. */
        boolean takesInputs(int slide) {
            return slide > 1 ? name.equals("window") : name.equals("keyByMod") || name.equals("pairOne");
        }
    }

    private record Parameter(String name, boolean mayBeMissing, int from, int to) {

        static Parameter parse(String word) {
            Scanner parts = new Scanner(word).useDelimiter("[=?]|\\.\\.");
            return new Parameter(parts.next(), word.contains("?"), parts.nextInt(), parts.nextInt());
        }

        boolean isWindow() {
            return name.equals("window");
        }
    }
}
