package io.dstream.boot.test.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.StreamingContext;
import io.dstream.boot.test.autoconfigure.StreamTest;
import io.dstream.event.BatchInfo;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.rdd.Pair;
import io.dstream.test.TestInput;
import io.dstream.test.TestOutput;
import io.dstream.test.TestStreamingContext;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;

/** All pipelines of an application in one slice. */
@StreamTest
class ShopPipelinesTest {

    @Autowired
    private TestStreamingContext test;

    @Autowired
    private ListOrderStore store;

    @Autowired
    private ApplicationContext application;

    @AfterEach
    void forget() {
        store.saved.clear();
    }

    @Test
    void aPipelineIsFedInPlaceOfItsSocketAndLookedAtWhereItPrints() {
        TestStreamingContext words = test.pipeline("word-count");
        TestInput<String> lines = words.input("socket-0");
        TestOutput<Pair<String, Integer>> counts = words.output("print-0");
        lines.pushBatches(List.of("to be or not to be"), List.of("be"));
        words.runUntilEmpty();
        assertThat(counts.batches().get(0)).contains(Pair.of("to", 2), Pair.of("be", 2));
        assertThat(counts.last()).containsExactly(Pair.of("be", 1));
    }

    @Test
    void aPipelineOfABeanMethodUsesTheBeansOfTheTest() {
        TestStreamingContext orders = test.pipeline("orders");
        orders.input("incoming").push("tea", " ", "milk");
        orders.runBatch();
        assertThat(store.saved).containsExactly("tea", "milk");
    }

    @RepeatedTest(2)
    void everyTestBeginsWithTheFirstBatchOfTheConfiguredInterval() {
        BatchInfo batch = test.pipeline("word-count").runBatch();
        assertThat(batch.batchTime()).isEqualTo(Instant.ofEpochMilli(500));
        assertThat(test.pipeline("word-count").context().batches()).hasSize(1);
    }

    @Test
    void aParameterIsTheSameContextAsTheField(@Autowired TestStreamingContext same) {
        assertThat(same).isSameAs(test);
    }

    @Test
    void nothingButPipelinesIsThereAndNothingIsStarted() {
        assertThat(application.getBeanProvider(DatabaseOrderStore.class)).isEmpty();
        assertThat(application.getBeanNamesForType(SmartLifecycle.class)).doesNotContain("streamingLifecycle");
        assertThat(application.getBean(StreamingContext.class).pipelines())
                .extracting(pipeline -> pipeline.info().state())
                .containsExactlyInAnyOrder(State.INITIALIZED, State.INITIALIZED);
        assertThat(test.context().pipelines())
                .extracting(pipeline -> pipeline.info().state())
                .containsExactlyInAnyOrder(State.INITIALIZED, State.INITIALIZED);
    }

    @Test
    void aBatchIsTriedOnceWhateverTheConfigurationSays() {
        TestStreamingContext orders = test.pipeline("orders");
        store.failure = new IllegalStateException("full");
        orders.input("incoming").push("tea");
        BatchInfo batch = orders.runFailingBatch();
        assertThat(batch.status()).isEqualTo(Status.FAILED);
        assertThat(batch.failureReason()).isEqualTo("java.lang.IllegalStateException: full");
        store.failure = null;
    }

    @Test
    void whichOfTheTwoIsMeantHasToBeSaid() {
        assertThatIllegalStateException()
                .isThrownBy(() -> test.input("socket-0"))
                .withMessageContaining("choose one with pipeline(name)");
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Stores {

        @Bean
        ListOrderStore store() {
            return new ListOrderStore();
        }
    }
}
