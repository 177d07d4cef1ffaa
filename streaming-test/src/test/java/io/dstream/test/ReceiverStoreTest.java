package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.ReceiverInfo;
import io.dstream.event.ReceiverInfo.State;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.receiver.Receiver;
import io.dstream.storage.Codec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ways in which a receiver stores records. */
class ReceiverStoreTest {

    private final Recorder recorder = new Recorder();
    private final TestReceiver<Integer> receiver = new TestReceiver<>();
    private final TestStreamingContext test = new TestStreamingContext(
            config -> config.withObserver(recorder).withMaxRecordsPerBatch(100).withAllowedPackages("io.dstream.test"));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void recordsStoredTogetherAreAPartitionAndStayInOrderWithTheOthers() throws Exception {
        List<List<Integer>> partitions = new CopyOnWriteArrayList<>();
        test.context()
                .receiverStream(receiver)
                .foreachRDD(rdd -> partitions.addAll(rdd.glom().collect()));
        start();
        receiver.put(1);
        receiver.put(2);
        receiver.putTogether(List.of(3, 4));
        receiver.putTogether(List.of(5, 6).iterator());
        receiver.putTogether(List.of());
        receiver.put(7);
        test.runBatch();
        assertThat(partitions).containsExactly(List.of(1, 2), List.of(3, 4), List.of(5, 6), List.of(7));
    }

    @Test
    void aCollectionMayBeChangedAfterItWasStored() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        start();
        List<Integer> records = new ArrayList<>(List.of(1, 2));
        receiver.putTogether(records);
        records.clear();
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 2);
    }

    @Test
    void moreThanABatchMayHaveIsStoredTogetherAndDividedInOrder() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        start();
        List<Integer> numbers = IntStream.range(0, 250).boxed().toList();
        receiver.putTogether(numbers);
        test.runBatches(3);
        assertThat(output.batches().stream().map(List::size)).containsExactly(100, 100, 50);
        assertThat(output.batches().stream().flatMap(List::stream)).isEqualTo(numbers);
    }

    @Test
    void storingTogetherReturnsWhenTheRecordsAreKept() throws Exception {
        test.output(test.context().receiverStream(receiver));
        start();
        receiver.putTogether(IntStream.range(0, 101).boxed().toList());
        Background next = Background.run(() -> receiver.putTogether(List.of(1)));
        next.awaitWaiting(); // there is no room for more than what a batch may have
        test.runBatches(2);
        next.get();
        test.runBatch();
    }

    @Test
    void encodedRecordsAreStoredAsTheyWere() throws Exception {
        TestReceiver<Order> orders = new TestReceiver<>();
        TestOutput<Order> output = test.output(test.context().receiverStream(orders));
        test.context().start();
        orders.awaitStarted();
        List<Order> encoded = List.of(new Order("a", 1), new Order("b", 2));
        ByteBuffer bytes =
                ByteBuffer.wrap(Codec.allowing(List.of("io.dstream.test")).encode(encoded));
        orders.putEncoded(bytes);
        assertThat(bytes.position()).isZero();
        test.runBatch();
        assertThat(output.last()).isEqualTo(encoded);
    }

    @Test
    void bytesThatAreNoRecordsFailTheCallAndNoBatch() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        start();
        Codec<Object> codec = Codec.allowing(List.of("io.dstream"));
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> receiver.putEncoded(ByteBuffer.wrap(new byte[] {1, 2, 3})))
                .withMessage("A value cannot be read: its bytes are damaged, or were not made by a codec");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> receiver.putEncoded(ByteBuffer.wrap(codec.encode(1))))
                .withMessage("Bytes were stored that are not those of a list; encode the records as one");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> receiver.putEncoded(ByteBuffer.wrap(
                        codec.encode(List.of(new ReceiverInfo("", "", "", State.STARTED, 0, 0, 0, null, null))))))
                .withMessageContaining("Class io.dstream.event.ReceiverInfo");
        test.runBatch();
        assertThat(output.last()).isEmpty();
        assertThat(recorder.await(ReceiverInfo.class, info -> info.lastError() != null)
                        .lastError())
                .startsWith("What the receiver stores is refused: A value cannot be read");
    }

    @Test
    void anIteratorThatThrowsMidwayStoresNothing() throws Exception {
        TestOutput<Integer> output = test.output(test.context().receiverStream(receiver));
        start();
        Iterator<Integer> throwing = List.of(1, 2, 3).stream()
                .map(number -> {
                    if (number == 3) {
                        throw new IllegalStateException("the third is odd");
                    }
                    return number;
                })
                .iterator();
        assertThatIllegalStateException()
                .isThrownBy(() -> receiver.putTogether(throwing))
                .withMessage("the third is odd");
        receiver.put(4);
        test.runBatch();
        assertThat(output.last()).containsExactly(4);
    }

    @Test
    void severalReceiversAreUnitedAndEachKeepsItsOrder() throws Exception {
        TestReceiver<Integer> other = new TestReceiver<>();
        TestOutput<Integer> output = test.output(test.context()
                .union(test.context().receiverStream(receiver), test.context().receiverStream(other)));
        start();
        other.awaitStarted();
        other.put(10);
        receiver.put(1);
        other.putTogether(List.of(20, 30));
        receiver.put(2);
        test.runBatch();
        assertThat(output.last()).containsExactly(1, 2, 10, 20, 30);
        assertThat(test.context().info().receivers())
                .extracting(info -> Pair.of(info.input(), info.receiver()))
                .containsExactly(Pair.of("receiver-0", "TestReceiver"), Pair.of("receiver-1", "TestReceiver"));
    }

    @Test
    void aReliableReceiverLosesNothingWhenItIsStoppedAndAcknowledgesNothingThatIsNotCounted() throws Exception {
        for (int round = 0; round < 10; round++) {
            AcknowledgingReceiver acknowledging = new AcknowledgingReceiver();
            try (TestStreamingContext own = new TestStreamingContext(config -> config.withMaxRecordsPerBatch(7))) {
                TestOutput<Integer> output = own.output(own.context().receiverStream(acknowledging));
                own.context().start();
                while (acknowledging.acknowledged().size() < 20 + round) {
                    own.runBatch();
                }
                own.context().stop();
                assertThat(output.batches().stream().flatMap(List::stream)).isEqualTo(acknowledging.acknowledged());
            }
        }
    }

    private void start() throws InterruptedException {
        test.context().start();
        receiver.awaitStarted();
    }

    private record Order(String id, int amount) {}

    /** Acknowledges groups of three numbers once they are stored. */
    private static final class AcknowledgingReceiver extends Receiver<Integer> {

        private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());

        List<Integer> acknowledged() {
            return acknowledged;
        }

        @Override
        protected void onStart() throws InterruptedException {
            try {
                for (int number = 0; !isStopped(); number += 3) {
                    List<Integer> group = List.of(number, number + 1, number + 2);
                    store(group);
                    acknowledged.addAll(group);
                }
            } catch (IllegalStateException stopped) {
                assertThat(isStopped()).isTrue();
            }
        }

        @Override
        protected void onStop() {}
    }
}
