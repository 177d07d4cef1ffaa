package io.dstream.receiver;

import static org.assertj.core.api.Assertions.assertThat;

import io.dstream.event.ListenerBus;
import io.dstream.event.ReceiverInfo;
import io.dstream.event.StreamingListener;
import io.dstream.input.BackpressureSettings;
import io.dstream.input.InputContext;
import io.dstream.input.LoggedBlocks;
import io.dstream.input.RateController;
import io.dstream.rdd.StorageLevel;
import io.dstream.storage.BlockStore;
import io.dstream.storage.Codec;
import io.dstream.storage.Progress;
import io.dstream.time.StreamClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the supervisor does about a receiver that does not answer, without the patience that it has elsewhere. */
class ReceiverSupervisorTest {

    private static final Duration NO_PATIENCE = Duration.ofMillis(1);

    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final ListenerBus events = new ListenerBus(List.of(new StreamingListener() {
        @Override
        public void onReceiverError(ReceiverInfo receiver) {
            errors.add(String.valueOf(receiver.lastError()));
        }
    }));
    private final RateController rate =
            new RateController("stuck-0", Duration.ofSeconds(1), BackpressureSettings.defaults(), Progress.none());
    private final InputContext context = new InputContext(
            "test", "stuck-0", StreamClock.system(), Duration.ofSeconds(1), 100, events, Progress.none(), rate, null);
    private final BlockStore blocks = Blocks.store(100);
    private final StuckReceiver receiver = new StuckReceiver();
    private final ReceiverSupervisor<Integer> supervisor = supervisor();

    @AfterEach
    void stop() throws InterruptedException {
        supervisor.initiateStop();
        supervisor.awaitStop();
        events.close();
        blocks.close();
    }

    @Test
    void anOnStartThatDoesNotReturnIsInterruptedAndCalledAgain() throws Exception {
        supervisor.start();
        receiver.startedAgain.await();
        assertThat(errors)
                .containsExactly("again", "onStart() has not returned after onStop(); its thread is interrupted");
        assertThat(receiver.interrupted).hasValue(1);
    }

    private ReceiverSupervisor<Integer> supervisor() {
        BlockGenerator<Integer> generator = new BlockGenerator<>(
                "test",
                new BlockGenerator.Limits(Duration.ofSeconds(1), 100, 1_000),
                StorageLevel.MEMORY_ONLY,
                context.clock(),
                new RateLimiter(rate, context.clock()),
                blocks,
                new BlockTracker<>(100, () -> true),
                LoggedBlocks.none(),
                failure -> errors.add(failure.toString()));
        return new ReceiverSupervisor<>(
                receiver,
                generator,
                new ReceiverReport("StuckReceiver", context, blocks),
                Codec.allowing(List.of()),
                Duration.ofMillis(1),
                NO_PATIENCE,
                context);
    }

    /** Asks for a restart at its first start, and does not return. */
    private static final class StuckReceiver extends Receiver<Integer> {

        private final AtomicInteger starts = new AtomicInteger();
        private final AtomicInteger interrupted = new AtomicInteger();
        private final CountDownLatch startedAgain = new CountDownLatch(1);

        @Override
        protected void onStart() throws InterruptedException {
            if (starts.incrementAndGet() > 1) {
                startedAgain.countDown();
                return;
            }
            restart("again", null, Duration.ZERO);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException interruption) {
                interrupted.incrementAndGet();
                throw interruption;
            }
        }

        @Override
        protected void onStop() {}
    }
}
