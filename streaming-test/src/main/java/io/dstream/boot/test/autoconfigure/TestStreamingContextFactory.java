package io.dstream.boot.test.autoconfigure;

import io.dstream.StreamingConfig;
import io.dstream.StreamingContext;
import io.dstream.boot.autoconfigure.DefinedPipeline;
import io.dstream.scheduler.FailureSettings;
import io.dstream.test.TestStreamingContext;
import java.util.List;
import java.util.SortedSet;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/** Makes contexts on which the pipelines of an application are defined, with test inputs in place of theirs. */
final class TestStreamingContextFactory {

    /** The property with the names of the pipelines to test; beside those that the application may set. */
    static final String PIPELINES = "dstream.test.pipelines";

    private static final Bindable<List<String>> NAMES = Bindable.listOf(String.class);

    private final StreamingConfig config;
    private final List<DefinedPipeline> pipelines;
    private final List<String> chosen; // empty: all

    /**
     * @param config the configuration of the application's root context
     * @param pipelines those there are
     * @param application where others may be declared, which were not chosen
     * @throws IllegalStateException if there is no pipeline, or a chosen one is not there
     */
    TestStreamingContextFactory(
            StreamingConfig config, List<DefinedPipeline> pipelines, Environment environment, BeanFactory application) {
        this.config = config;
        this.pipelines = pipelines;
        this.chosen = Binder.get(environment).bind(PIPELINES, NAMES).orElseGet(List::of);
        requirePipelines(application);
    }

    /** Makes a context. */
    TestStreamingContext create() {
        TestStreamingContext test = new TestStreamingContext(defaults -> forTest(config));
        try {
            test.refuseOwnSources();
            pipelines.stream().filter(this::isChosen).forEach(pipeline -> define(pipeline, test));
            return test;
        } catch (RuntimeException failure) {
            test.close();
            throw failure;
        }
    }

    private void requirePipelines(BeanFactory application) {
        List<String> known = pipelines.stream().map(DefinedPipeline::name).toList();
        for (String name : chosen) {
            if (!known.contains(name)) {
                SortedSet<String> all = DeclaredPipelines.in(application);
                all.addAll(known);
                throw new IllegalStateException("There is no pipeline '" + name + "' in this test; the application has "
                        + (all.isEmpty() ? "none" : String.join(", ", all)) + ". " + wherePipelinesAreFound());
            }
        }
        if (known.isEmpty()) {
            throw new IllegalStateException("There is no pipeline in this test. " + wherePipelinesAreFound());
        }
    }

    private static String wherePipelinesAreFound() {
        return "Classes annotated with @StreamPipeline are found, and @Configuration classes with such a @Bean method,"
                + " where the application's component scanning finds them; add others by @Import";
    }

    private boolean isChosen(DefinedPipeline pipeline) {
        return chosen.isEmpty() || chosen.contains(pipeline.name());
    }

    private static void define(DefinedPipeline pipeline, TestStreamingContext test) {
        StreamingContext root = test.context();
        StreamingContext streams = root.pipeline(pipeline.name(), forTest(pipeline.config(root.config())));
        pipeline.define(streams);
        TestStreamingContext own = test.pipeline(pipeline.name());
        streams.inputs().forEach(own::input);
    }

    /**
     * A further attempt, and one that waits for the surroundings, would wait for a clock that only the test moves. The checkpoint
     * directory is that of the service, whose batches must not follow those of a test.
     */
    private static StreamingConfig forTest(StreamingConfig config) {
        FailureSettings failure = config.failure();
        return config.withFailure(new FailureSettings(failure.policy(), 1, failure.backoff(), cause -> false))
                .withCheckpointDirectory(null)
                .withWriteAheadLog(false);
    }
}
