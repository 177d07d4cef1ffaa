package io.dstream.scheduler;

import io.dstream.time.Backoff;
import io.dstream.time.Signal;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of one thread of a pipeline again when they fail: without limit while the surroundings are away, else as
 * often as the settings allow.
 *
 * <p>Used by that thread alone.
 */
final class Retries {

    private static final Logger log = LoggerFactory.getLogger(Retries.class);

    private final String pipeline;
    private final FailureSettings settings;
    private final StreamClock clock;
    private final Signal halt;
    private final PipelineStatus status;

    /**
     * @param halt when set, a wait ends by InterruptedException and nothing is tried again
     */
    Retries(String pipeline, FailureSettings settings, StreamClock clock, Signal halt, PipelineStatus status) {
        this.pipeline = pipeline;
        this.settings = settings;
        this.clock = clock;
        this.halt = halt;
        this.status = status;
    }

    /**
     * Runs a step until it succeeds or its attempts are used up.
     *
     * @param what names the step in the log
     * @param onFailure gets every failure
     * @return the failure of the last attempt; null if it succeeded
     * @throws InterruptedException if the pipeline is halted
     */
    @Nullable
    Throwable attempt(Supplier<String> what, Step step, Consumer<Throwable> onFailure) throws InterruptedException {
        Backoff backoff = new Backoff(settings.backoff());
        for (int attempt = 1; ; attempt++) {
            Throwable failure = runWhile(settings::isAway, step, onFailure);
            if (failure == null || FailureSettings.isConflict(failure)) {
                return failure;
            }
            log.warn(
                    "Pipeline '{}': attempt {} of {} at {} failed: {}",
                    pipeline,
                    attempt,
                    settings.maxAttempts(),
                    what.get(),
                    failure.toString());
            if (attempt >= settings.maxAttempts()) {
                return failure;
            }
            pause(backoff.next());
        }
    }

    /** Runs a step until it succeeds, whatever it meets: it has been promised and can only be late. */
    void persist(Step step) throws InterruptedException {
        runWhile(failure -> true, step, failure -> {});
    }

    /**
     * As {@link #persist}, unless somebody else is to do it.
     *
     * @return the conflict; null if it succeeded
     */
    @Nullable
    Throwable persistUnlessConflict(Step step) throws InterruptedException {
        return runWhile(failure -> !FailureSettings.isConflict(failure), step, failure -> {});
    }

    private @Nullable Throwable runWhile(Predicate<Throwable> isAway, Step step, Consumer<Throwable> onFailure)
            throws InterruptedException {
        Backoff backoff = new Backoff(settings.backoff());
        Throwable failure = run(step, onFailure);
        while (failure != null && isAway.test(failure)) {
            Duration delay = backoff.next();
            log.warn(
                    "Pipeline '{}' waits for its surroundings and tries again in {}: {}",
                    pipeline,
                    told(delay),
                    failure.toString());
            status.waitsFor(this, failure);
            pause(delay);
            failure = run(step, onFailure);
        }
        status.goesOn(this);
        return failure;
    }

    private static String told(Duration delay) {
        long millis = delay.toMillis();
        return millis % 1_000 == 0 ? millis / 1_000 + " s" : millis + " ms";
    }

    private @Nullable Throwable run(Step step, Consumer<Throwable> onFailure) throws InterruptedException {
        requireNotHalted();
        try {
            step.run();
            return null;
        } catch (Throwable failure) {
            requireNotHalted();
            Thread.interrupted(); // an interrupt without a halt is a failure like any other
            onFailure.accept(failure);
            return failure;
        }
    }

    /**
     * Makes sure that the pipeline is to go on.
     *
     * @throws InterruptedException if it is halted
     */
    void requireNotHalted() throws InterruptedException {
        if (halt.isSet()) {
            throw new InterruptedException("The pipeline is halted");
        }
    }

    private void pause(Duration delay) throws InterruptedException {
        if (clock.await(halt, clock.now().plus(delay))) {
            throw new InterruptedException("The pipeline is halted");
        }
    }

    /** Something that may fail. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
