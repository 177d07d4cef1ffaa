package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.StreamingContext;
import io.dstream.rdd.RDD;
import io.dstream.storage.BatchLog;
import io.dstream.storage.CheckpointDirectory;
import io.dstream.storage.Codec;
import io.dstream.storage.LoggedRun;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A program made at random through all lives of its process, and what it was seen to put out. Perhaps it has a batch that always
 * fails and is skipped.
 *
 * <p>Used by one thread, beside what its inputs and outputs tell.
 */
final class CrashedPipeline {

    static final Codec<Object> CODEC = Codec.allowing(List.of());

    private static final int MOST_INPUTS = 100;
    private static final int RUNS_WORTH_A_SNAPSHOT = 17; // each has a segment of its own

    private final String name;
    private final long seed;
    private final int batches;
    private final int skipped; // the number of a batch; 0 for none
    private final RandomProgram program;
    private final List<CrashedInputs.Kind> kinds;
    private final List<Map<Integer, List<String>>> seen = new ArrayList<>(); // by output and batch

    // Mutable state
    private final List<NumberedRows<?>> sent = new ArrayList<>(); // by input
    private final Map<Integer, Map<Integer, List<Long>>> taken = new ConcurrentHashMap<>(); // by input and batch
    private int found; // the last batch that was committed when this life has begun
    private volatile int committed; // the last of which that was told

    CrashedPipeline(String name, long seed, int batches) {
        SplittableRandom random = new SplittableRandom(seed);
        this.name = name;
        this.seed = seed;
        this.batches = batches;
        this.skipped = seed % 3 == 0 ? random.nextInt(1, batches + 1) : 0;
        this.program = new RandomProgram(seed);
        List<CrashedInputs.Kind> all = List.of(CrashedInputs.Kind.values());
        this.kinds = random.ints(MOST_INPUTS, 0, all.size()).mapToObj(all::get).toList();
        program.outputs().forEach(output -> seen.add(new ConcurrentHashMap<>()));
    }

    String name() {
        return name;
    }

    CrashedInputs.Kind kindOf(int input) {
        return kinds.get(input);
    }

    /** What is sent to an input, the same in every life. */
    @SuppressWarnings("unchecked") // an input has the same rows in every life
    <T> NumberedRows<T> sent(int input, List<List<T>> rows) {
        if (input == sent.size()) {
            sent.add(new NumberedRows<>(rows));
        }
        return (NumberedRows<T>) sent.get(input);
    }

    /** The rows of a batch are safe. */
    void acknowledge(int batch) {
        sent.forEach(rows -> rows.acknowledgeBatch(batch));
    }

    void commit(int batch) {
        committed = batch;
    }

    void took(int input, int batch, List<Long> numbers) {
        taken.computeIfAbsent(input, none -> new ConcurrentHashMap<>()).put(batch, numbers);
    }

    boolean skips(int batch) {
        return batch == skipped;
    }

    /** Defines it for one more life. */
    CrashedInputs define(StreamingContext context, Crashes crashes, SplittableRandom random) {
        CrashedInputs inputs = new CrashedInputs(context, this, crashes, random);
        GoldenProgram built = new GoldenProgram(context, program.vector(), inputs);
        for (int i = 0; i < program.outputs().size(); i++) {
            int output = i;
            built.text(program.outputs().get(i)).foreachRDD((rdd, time) -> {
                inputs.working((int) time.getEpochSecond());
                see(output, rdd, time, crashes);
            });
        }
        context.queueStream(new ConcurrentLinkedQueue<>()).foreachRDD((rdd, time) -> failIfSkipped(time));
        return inputs;
    }

    private void see(int output, RDD<String> rdd, Instant time, Crashes crashes) {
        int batch = (int) time.getEpochSecond();
        List<String> rows =
                looksAt(batch, output) ? rdd.collect().stream().sorted().toList() : List.of();
        if (!crashes.isDead()) {
            seen.get(output).put(batch, rows);
        }
    }

    /** The last output: those before have succeeded. */
    private void failIfSkipped(Instant time) {
        if (skips((int) time.getEpochSecond())) {
            throw new IllegalStateException("This batch is to be skipped");
        }
    }

    /** So that rows are not kept just because an output has asked for them. */
    private boolean looksAt(int batch, int output) {
        return (output == 0 && seed % 2 == 0) || batch % 3 == 0;
    }

    /** Looks at what the life before has left, and makes a snapshot of it, if one is to be made. */
    void open(Path checkpoints) throws IOException {
        boolean makesSnapshot = seed % 5 == 0;
        for (int i = 0; i < (makesSnapshot ? RUNS_WORTH_A_SNAPSHOT : 1); i++) {
            try (CheckpointDirectory directory = CheckpointDirectory.open(checkpoints, name);
                    BatchLog log = directory.batchLog(CODEC, batches, percent -> {})) {
                found = numberOf(log.checkpoint().lastCommitted());
                LoggedRun run = log.checkpoint().lastRun();
                if (run != null && makesSnapshot) {
                    log.begin(run);
                }
            }
        }
        assertThat(found).as("last batch committed of %s", this).isGreaterThanOrEqualTo(committed);
    }

    /** Whether a batch was not committed when this life has begun. */
    boolean isToRun(int batch) {
        return batch > found;
    }

    private static int numberOf(@Nullable Instant time) {
        return time == null ? 0 : (int) time.getEpochSecond();
    }

    /** Compares what was seen with a run that has not crashed. */
    void check() {
        TreeSet<Integer> all = IntStream.rangeClosed(1, batches).boxed().collect(Collectors.toCollection(TreeSet::new));
        all.remove(skipped);
        for (int i = 0; i < sent.size(); i++) {
            checkTaken(i, all);
        }
        ProgramModel model = new ProgramModel(program.vector(), all);
        for (int i = 0; i < program.outputs().size(); i++) {
            checkSeen(i, model.rows(program.outputs().get(i)), all);
        }
    }

    private void checkTaken(int input, Set<Integer> all) {
        Map<Integer, List<Long>> expected = new HashMap<>();
        all.forEach(batch -> expected.put(batch, sent.get(input).numbers(batch)));
        Map<Integer, List<Long>> found = new HashMap<>(taken.getOrDefault(input, Map.of()));
        found.remove(skipped);
        assertThat(found)
                .as("numbers of input %d, %s, of %s", input, kindOf(input), this)
                .isEqualTo(expected);
    }

    private void checkSeen(int output, Map<Integer, List<String>> expected, Set<Integer> all) {
        for (int batch : all) {
            if (looksAt(batch, output)) {
                assertThat(seen.get(output).get(batch))
                        .as("batch %d of output %d of %s", batch, output, this)
                        .isEqualTo(expected.get(batch));
            }
        }
    }

    @Override
    public String toString() {
        return "pipeline '" + name + "', " + program;
    }
}
