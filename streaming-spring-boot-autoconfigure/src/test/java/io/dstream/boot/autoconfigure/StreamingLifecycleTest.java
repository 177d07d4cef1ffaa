package io.dstream.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.dstream.StreamingContext;
import io.dstream.boot.StreamDefinition;
import io.dstream.boot.StreamPipeline;
import io.dstream.event.BatchInfo;
import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.RDD;
import io.dstream.receiver.Receiver;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Pipelines start and stop with the application. */
@ExtendWith(OutputCaptureExtension.class)
class StreamingLifecycleTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    LifecycleAutoConfiguration.class,
                    StreamingAutoConfiguration.class,
                    StreamingLifecycleAutoConfiguration.class))
            .withPropertyValues("streaming.batch-interval=20ms");

    @Test
    void withoutTheAutoConfigurationOfPipelinesThereIsNoLifecycle() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StreamingLifecycleAutoConfiguration.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SmartLifecycle.class));
    }

    @Test
    void withoutItPipelinesAreNeitherDefinedNorStarted() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(StreamingAutoConfiguration.class))
                .withUserConfiguration(Two.class)
                .run(context -> {
                    assertThat(states(context)).containsExactly(State.INITIALIZED, State.INITIALIZED);
                    assertThat(context.getBean("second", StreamingContext.class).inputs())
                            .isEmpty();
                });
    }

    @Test
    void pipelinesStopAfterWebRequestsAndBeforeWebServers() {
        runner.run(context -> assertThat(lifecycle(context).getPhase()).isEqualTo(Integer.MAX_VALUE - 1024 - 256));
    }

    @Test
    void pipelinesAreStartedWithTheApplicationUnlessTheyAreNotTo() {
        runner.withUserConfiguration(Two.class)
                .withPropertyValues("streaming.pipelines.second.auto-startup=false")
                .run(context -> {
                    assertThat(states(context)).containsExactly(State.ACTIVE, State.INITIALIZED);
                    assertThat(lifecycle(context).isRunning()).isTrue();
                });
    }

    @Test
    void aPipelineMayBeStartedWithTheApplicationWhereTheOthersAreNot() {
        runner.withUserConfiguration(Two.class)
                .withPropertyValues("streaming.auto-startup=false", "streaming.pipelines.second.auto-startup=true")
                .run(context -> assertThat(states(context)).containsExactly(State.INITIALIZED, State.ACTIVE));
    }

    @Test
    void pipelinesThatAreToBeVerifiedAreNotStarted(@TempDir Path directory, CapturedOutput output) {
        runner.withBean("rootStreams", RootStreams.class)
                .withPropertyValues("streaming.checkpoint.directory=" + directory, "streaming.checkpoint.verify=true")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(states(context)).containsExactly(State.INITIALIZED);
                    assertThat(output).contains("Pipeline 'default' is not started", directory.toString());
                });
    }

    @Test
    void withoutAStartedPipelineNothingIsRunning() {
        runner.withUserConfiguration(Two.class)
                .withPropertyValues("streaming.auto-startup=false")
                .run(context -> assertThat(lifecycle(context).isRunning()).isFalse());
    }

    @Test
    void aPipelineStartedByHandIsStoppedWithTheApplication() {
        runner.withUserConfiguration(Two.class)
                .withPropertyValues("streaming.auto-startup=false")
                .run(context -> {
                    context.getBean("second", StreamingContext.class).start();
                    assertThat(lifecycle(context).isRunning()).isTrue();
                    context.stop();
                    assertThat(states(context)).containsExactly(State.INITIALIZED, State.STOPPED);
                });
    }

    @Test
    void streamsOfTheRootContextAreStartedAndStoppedToo() {
        runner.withBean("rootStreams", RootStreams.class).run(context -> {
            assertThat(states(context)).containsExactly(State.ACTIVE);
            context.stop();
            assertThat(states(context)).containsExactly(State.STOPPED);
        });
    }

    @Test
    void pipelinesRunOnAfterStopAndStart() {
        runner.withUserConfiguration(Two.class).run(context -> {
            StreamingContext first = context.getBean("first", StreamingContext.class);
            await().until(() -> committed(first) > 0);
            context.stop();
            assertThat(states(context)).containsExactly(State.STOPPED, State.STOPPED);
            assertThat(lifecycle(context).isRunning()).isFalse();
            long before = committed(first);
            context.start();
            assertThat(states(context)).containsExactly(State.ACTIVE, State.ACTIVE);
            await().until(() -> committed(first) > before);
        });
    }

    @Test
    void pipelinesRunOnAfterPauseAndRestart() {
        runner.withUserConfiguration(Two.class).run(context -> {
            context.pause();
            assertThat(states(context)).containsExactly(State.STOPPED, State.STOPPED);
            context.restart();
            assertThat(states(context)).containsExactly(State.ACTIVE, State.ACTIVE);
        });
    }

    @Test
    void pipelinesStopSideBySide() {
        runner.withUserConfiguration(Meeting.class).run(context -> {
            AtomicInteger met = context.getBean(AtomicInteger.class);
            await().until(() -> context.getBean(StreamingContext.class).pipelines().stream()
                    .allMatch(pipeline -> pipeline.info().receivers().get(0).active()));
            context.stop();
            assertThat(met).hasValue(2);
        });
    }

    @Test
    void theCallbackOfAStopRunsAlsoIfThereIsNothingToStop() {
        runner.run(context -> {
            CountDownLatch stopped = new CountDownLatch(1);
            lifecycle(context).stop(stopped::countDown);
            assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
        });
    }

    @Test
    void aStopThatSpringWouldCutOffIsWarnedOfByPipeline(CapturedOutput output) {
        runner.withUserConfiguration(Two.class)
                .withPropertyValues(
                        "spring.lifecycle.timeout-per-shutdown-phase=5s",
                        "streaming.pipelines.first.shutdown.timeout=4s",
                        "streaming.pipelines.second.shutdown.timeout=5s")
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output)
                .contains("Pipeline 'second' may take 5000 ms to stop, but after 5000 ms Spring goes on closing")
                .contains("Make streaming.shutdown.timeout, or that of the pipeline, shorter than"
                        + " spring.lifecycle.timeout-per-shutdown-phase")
                .doesNotContain("Pipeline 'first' may take");
    }

    @Test
    void theDefaultsLetSpringWaitLongEnough(CapturedOutput output) {
        runner.withUserConfiguration(Two.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("may take");
    }

    private static SmartLifecycle lifecycle(ApplicationContext context) {
        return context.getBean("streamingLifecycle", SmartLifecycle.class);
    }

    private static List<State> states(ApplicationContext context) {
        return context.getBean(StreamingContext.class).pipelines().stream()
                .map(pipeline -> pipeline.info().state())
                .toList();
    }

    private static long committed(StreamingContext pipeline) {
        return pipeline.batches().stream()
                .filter(batch -> batch.status() == BatchInfo.Status.COMMITTED)
                .count();
    }

    private static void define(StreamingContext streams) {
        Queue<RDD<String>> queue = new ConcurrentLinkedQueue<>();
        streams.queueStream(queue).foreachRDD(rdd -> rdd.count());
    }

    @Configuration(proxyBeanMethods = false)
    static class Two {

        @Bean
        @StreamPipeline("first")
        StreamDefinition firstPipeline() {
            return StreamingLifecycleTest::define;
        }

        @Bean
        @StreamPipeline("second")
        StreamDefinition secondPipeline() {
            return StreamingLifecycleTest::define;
        }
    }

    static class RootStreams {

        RootStreams(StreamingContext streams) {
            define(streams);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Meeting {

        private final CyclicBarrier barrier = new CyclicBarrier(2);

        @Bean
        AtomicInteger met() {
            return new AtomicInteger();
        }

        @Bean
        @StreamPipeline("first")
        StreamDefinition firstPipeline(AtomicInteger met) {
            return streams ->
                    streams.receiverStream(new MeetingReceiver(barrier, met)).print();
        }

        @Bean
        @StreamPipeline("second")
        StreamDefinition secondPipeline(AtomicInteger met) {
            return streams ->
                    streams.receiverStream(new MeetingReceiver(barrier, met)).print();
        }
    }

    /** Stops only when another one stops at the same time. */
    static class MeetingReceiver extends Receiver<String> {

        private final CyclicBarrier barrier;
        private final AtomicInteger met;

        MeetingReceiver(CyclicBarrier barrier, AtomicInteger met) {
            this.barrier = barrier;
            this.met = met;
        }

        @Override
        protected void onStart() {}

        @Override
        protected void onStop() throws Exception {
            barrier.await(5, TimeUnit.SECONDS);
            met.incrementAndGet();
        }
    }
}
