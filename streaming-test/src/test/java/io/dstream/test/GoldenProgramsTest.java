package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Programs that were run on Spark Streaming 4.1.0 put out the same rows in the same batches here. */
class GoldenProgramsTest {

    /**
     * The one program whose window has an inverse and a slide above its length. There Spark also counts the batches between
     * windows, and never again what it has dropped; we reduce the batches of the window, as without an inverse.
     */
    private static final Map<String, Map<Integer, List<String>>> WHERE_SPARK_IS_WRONG = Map.of(
            "g7-68",
            Map.of(
                    2, List.of("(0,22)"),
                    4, List.of("(0,26)", "(1,20)"),
                    6, List.of(),
                    8, List.of(),
                    10, List.of(),
                    12, List.of(),
                    14, List.of()));

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void everyBatchHasTheRowsThatSparkHas(String id, JsonNode vector) {
        try (TestStreamingContext test = new TestStreamingContext()) {
            GoldenProgram program = new GoldenProgram(test.context(), vector);
            TestOutput<String> output = test.output(program.text(vector.get("program")));
            for (int batch = 0; batch < vector.get("expected").size(); batch++) {
                program.push(batch);
                test.runBatch();
                assertThat(output.at(Instant.ofEpochSecond(batch + 1L))
                                .map(rows -> rows.stream().sorted().toList()))
                        .as("batch %d of %s", batch + 1, vector.get("program"))
                        .isEqualTo(expected(vector, batch + 1));
            }
        }
    }

    /** The sorted rows of a batch, counted from 1. */
    static Optional<List<String>> expected(JsonNode vector, int batch) {
        String id = vector.get("id").asString();
        return WHERE_SPARK_IS_WRONG.containsKey(id)
                ? Optional.ofNullable(WHERE_SPARK_IS_WRONG.get(id).get(batch))
                : rows(vector.get("expected").get(batch - 1));
    }

    private static Optional<List<String>> rows(JsonNode expected) {
        if (expected.isNull()) {
            return Optional.empty();
        }
        List<String> rows = new ArrayList<>();
        expected.forEach(row -> rows.add(row.asString()));
        return Optional.of(rows);
    }

    static Stream<Object[]> vectors() throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (InputStream in = GoldenProgramsTest.class.getResourceAsStream("/golden/dstream-programs.jsonl")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Object[]> vectors = new ArrayList<>();
            for (String line : text.lines().toList()) {
                JsonNode vector = json.readTree(line);
                vectors.add(new Object[] {vector.get("id").asString(), vector});
            }
            return vectors.stream();
        }
    }
}
