package io.dstream.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.PipelineInfo.State;
import org.junit.jupiter.api.Test;

class PipelineStatusTest {

    private final PipelineStatus status = new PipelineStatus(() -> {}, () -> {});
    private final IllegalStateException first = new IllegalStateException("first");
    private final IllegalStateException second = new IllegalStateException("second");

    @Test
    void ofSeveralFailuresTheFirstCountsAndTellsTheOthers() {
        status.fail(first);
        status.fail(second);
        status.fail(first);
        assertThat(status.problem()).isSameAs(first);
        assertThat(first.getSuppressed()).containsExactly(second);
        assertThat(status.state()).isEqualTo(State.STOPPING);
    }
}
