package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Programs made at random put out what a naive model says they must, whatever fails meanwhile. */
class RandomProgramsTest {

    private static final int BATCHES = 14;

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.dstream.test.GoldenProgramsTest#vectors")
    void theModelPutsOutWhatSparkDid(String id, JsonNode vector) {
        var rows = new ProgramModel(vector, allBatches()).rows(vector.get("program"));
        for (int batch = 1; batch <= BATCHES; batch++) {
            assertThat(Optional.ofNullable(rows.get(batch)))
                    .as("batch %d of %s", batch, vector.get("program"))
                    .isEqualTo(GoldenProgramsTest.expected(vector, batch));
        }
    }

    @Test
    void programsPutOutWhatTheModelDoes() {
        for (long seed = 1; seed <= 120; seed++) {
            assertThat(runByHand(seed, 0)).isEqualTo(allBatches());
        }
    }

    @Test
    void skippedBatchesCountForNothing() {
        int committed = 0;
        for (long seed = 1001; seed <= 1100; seed++) {
            committed += runByHand(seed, 1).size();
        }
        assertThat(committed).isBetween(100, 100 * BATCHES - 100);
    }

    @Test
    void batchesThatAreTriedAgainCountOnce() throws Exception {
        int retried = 0;
        for (long seed = 2001; seed <= 2020; seed++) {
            retried += runWithRetries(seed);
        }
        assertThat(retried).isGreaterThan(20);
    }

    /**
     * Runs a program batch by batch, and skips what fails.
     *
     * @return the numbers of the batches that were committed
     */
    static NavigableSet<Integer> runByHand(long seed, int timesABatchFails) {
        Faults faults = new Faults(seed, timesABatchFails, Duration.ofSeconds(1));
        NavigableSet<Integer> committed = new TreeSet<>();
        try (TestStreamingContext test =
                new TestStreamingContext(config -> config(config, seed, faults).withFailure(Failures.skipAfter(1)))) {
            Run run = new Run(seed, test.context(), faults);
            for (int batch = 1; batch <= BATCHES; batch++) {
                run.built.push(batch - 1);
                if (Batches.runEither(test).status() == Status.COMMITTED) {
                    committed.add(batch);
                }
            }
            run.check(committed);
        }
        return committed;
    }

    /**
     * Runs a program that has its rows before it starts, and tries again what fails.
     *
     * @return how many batches were tried again
     */
    static int runWithRetries(long seed) throws InterruptedException {
        Duration interval = Duration.ofMillis(1);
        Faults faults = new Faults(seed, 2, interval);
        Recorder recorder = new Recorder();
        int retried = 0;
        try (StreamingContext context = new StreamingContext(config(StreamingConfig.defaults(), seed, faults)
                .withBatchInterval(interval)
                .withFailure(Failures.attempts(3))
                .withObserver(recorder))) {
            Run run = new Run(seed, context, faults);
            IntStream.range(0, BATCHES).forEach(run.built::push);
            context.start();
            for (int i = 0; i < BATCHES; i++) {
                BatchInfo batch = recorder.awaitBatch();
                assertThat(batch.status()).as("%s", run.program).isEqualTo(Status.COMMITTED);
                retried += batch.failureReason() == null ? 0 : 1;
            }
            context.stop(false, Duration.ZERO); // the batches that wait have no rows
            run.check(allBatches());
        }
        return retried;
    }

    private static StreamingConfig config(StreamingConfig config, long seed, Faults faults) {
        return config.withParallelism(1 + (int) (seed % 3)).withObserver(faults);
    }

    private static NavigableSet<Integer> allBatches() {
        return IntStream.rangeClosed(1, BATCHES).boxed().collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * A program and what its outputs have seen. The first output of every second program looks at all batches, others look
     * at every third; the last one fails.
     */
    private static final class Run {

        private final long seed;
        private final RandomProgram program;
        private final GoldenProgram built;
        private final Faults faults;
        private final List<TestOutput<String>> outputs = new ArrayList<>();

        Run(long seed, StreamingContext context, Faults faults) {
            this.seed = seed;
            this.program = new RandomProgram(seed);
            this.built = new GoldenProgram(context, program.vector(), faults);
            this.faults = faults;
            for (int i = 0; i < program.outputs().size(); i++) {
                outputs.add(output(i, context));
            }
        }

        private TestOutput<String> output(int index, StreamingContext context) {
            TestOutput<String> output = new TestOutput<>(context);
            boolean isLast = index == program.outputs().size() - 1;
            built.text(program.outputs().get(index)).foreachRDD((rdd, time) -> {
                int batch = faults.numberOf(time);
                if (looksAt(batch, index)) {
                    output.put(timeOf(batch), rdd.collect());
                }
                if (isLast) {
                    faults.strikeOutput(time);
                }
            });
            return output;
        }

        void check(NavigableSet<Integer> committed) {
            ProgramModel model = new ProgramModel(program.vector(), committed);
            for (int i = 0; i < outputs.size(); i++) {
                check(i, committed, model.rows(program.outputs().get(i)));
            }
        }

        private void check(int index, NavigableSet<Integer> committed, Map<Integer, List<String>> expected) {
            for (int batch : committed) {
                if (looksAt(batch, index)) {
                    assertThat(sorted(outputs.get(index).at(timeOf(batch))))
                            .as("batch %d of output %d, with batches %s, of %s", batch, index, committed, program)
                            .isEqualTo(Optional.ofNullable(expected.get(batch)));
                }
            }
        }

        private boolean looksAt(int batch, int index) {
            return (index == 0 && seed % 2 == 0) || batch % 3 == 0;
        }

        private static Instant timeOf(int batch) {
            return Instant.ofEpochSecond(batch);
        }

        private static Optional<List<String>> sorted(Optional<List<String>> rows) {
            return rows.map(unsorted -> unsorted.stream().sorted().toList());
        }
    }
}
