package io.dstream.test;

import io.dstream.StreamingContext;
import io.dstream.event.BatchInfo;
import io.dstream.event.InputInfo;
import io.dstream.event.PipelineInfo;
import io.dstream.event.PipelineInfo.State;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells people what has become of batches. */
final class BatchReport extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int MOST_BATCHES = 10;
    private static final int MOST_FRAMES = 30;

    private BatchReport(String report) {
        super(report, null, false, false); // it is read as a part of the failure of a test
    }

    /** The last batches of some pipelines. */
    static BatchReport of(List<StreamingContext> pipelines) {
        List<String> lines =
                pipelines.stream().flatMap(BatchReport::lastBatches).toList();
        return new BatchReport(lines.isEmpty() ? "No batch was run" : "Batches run:" + indented(lines));
    }

    /**
     * The failure of a test whose batch does not end.
     *
     * @param when by when it should have ended
     */
    static IllegalStateException hung(StreamingContext pipeline, Instant time, String when) {
        PipelineInfo info = pipeline.info();
        return new IllegalStateException(
                "Batch " + time.toEpochMilli() + " ms of pipeline '" + pipeline.name() + "' has not ended " + when
                        + ": " + stage(pipeline, info, time) + threads(pipeline),
                info.problem());
    }

    /**
     * The failure of a test whose batches fail unexpectedly.
     *
     * @param failures at least one
     * @param cause what the first of them has failed of; null if that is not known any more
     */
    static IllegalStateException failed(List<BatchInfo> failures, @Nullable Throwable cause) {
        String batches = failures.stream().map(BatchReport::failure).collect(Collectors.joining("; "));
        return new IllegalStateException(
                batches + ". A test that expects a batch to fail runs it by runFailingBatch()", cause);
    }

    /** The failure of a test that expected a batch to fail. */
    static IllegalStateException committed(BatchInfo batch) {
        return new IllegalStateException("Batch " + batch.batchTime().toEpochMilli() + " ms of pipeline '"
                + batch.pipeline() + "' should have failed, but it is " + batch.status());
    }

    private static String failure(BatchInfo batch) {
        return "Batch " + batch.batchTime().toEpochMilli() + " ms of pipeline '" + batch.pipeline() + "' is "
                + batch.status() + where(batch) + ", because of " + batch.failureReason();
    }

    private static String where(BatchInfo batch) {
        return batch.outputs().stream()
                .filter(output -> output.failureReason() != null)
                .findFirst()
                .map(output -> " in output '" + output.output() + "'")
                .orElse("");
    }

    private static Stream<String> lastBatches(StreamingContext pipeline) {
        List<BatchInfo> newestFirst = pipeline.batches();
        int shown = Math.min(newestFirst.size(), MOST_BATCHES);
        Stream<String> earlier = newestFirst.size() == shown
                ? Stream.empty()
                : Stream.of(pipeline.name() + " " + (newestFirst.size() - shown) + " earlier ones");
        return Stream.concat(
                earlier, Stream.iterate(shown - 1, i -> i - 1).limit(shown).map(i -> line(newestFirst.get(i))));
    }

    private static String line(BatchInfo batch) {
        String inputs = batch.inputs().stream().map(BatchReport::records).collect(Collectors.joining(", "));
        String failure = batch.failureReason() == null ? "" : ": " + batch.failureReason();
        return batch.pipeline() + " " + batch.batchTime().toEpochMilli() + " ms " + batch.status() + " (" + inputs + ")"
                + failure;
    }

    private static String records(InputInfo input) {
        return input.records() + " of " + input.input();
    }

    private static String stage(StreamingContext pipeline, PipelineInfo info, Instant time) {
        if (info.state() == State.WAITING) {
            return "the pipeline waits for its surroundings, " + info.problem();
        }
        return pipeline.batches().stream()
                .filter(batch -> batch.batchTime().equals(time))
                .findFirst()
                .map(BatchReport::stage)
                .orElseGet(() -> "its records are not allocated yet" + laterBatches(pipeline));
    }

    private static String laterBatches(StreamingContext pipeline) {
        return pipeline.config().checkpointDirectory() == null
                ? ""
                : ". Are there later batches in its checkpoint directory? Give each test a directory of its own";
    }

    private static String stage(BatchInfo batch) {
        return batch.outputs().stream()
                .filter(output -> output.endTime() == null)
                .findFirst()
                .map(output -> "its output '" + output.output()
                        + "' runs. Does a function block, or wait for the clock, which only the test moves?")
                .orElseGet(() -> stageBesideOutputs(batch));
    }

    private static String stageBesideOutputs(BatchInfo batch) {
        return batch.failureReason() == null
                ? "it is " + batch.status()
                : "it waits for a further attempt, for which the clock would have to move, after "
                        + batch.failureReason();
    }

    private static String threads(StreamingContext pipeline) {
        List<String> lines = Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> mayRun(pipeline, thread.getKey()))
                .map(thread -> "\"" + thread.getKey().getName() + "\"" + frames(thread))
                .sorted()
                .toList();
        return lines.isEmpty() ? "" : indented(lines);
    }

    private static boolean mayRun(StreamingContext pipeline, Thread thread) {
        String name = thread.getName();
        return name.startsWith("dstream-" + pipeline.name() + "-") || name.startsWith("dstream-engine-");
    }

    private static String frames(Map.Entry<Thread, StackTraceElement[]> thread) {
        return Arrays.stream(thread.getValue())
                .limit(MOST_FRAMES)
                .map(frame -> "\n      at " + frame)
                .collect(Collectors.joining());
    }

    private static String indented(List<String> lines) {
        return lines.stream().map(line -> "\n    " + line).collect(Collectors.joining());
    }
}
