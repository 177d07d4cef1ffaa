package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Broadcast;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BroadcastTest {

    private final TestStreamingContext test =
            new TestStreamingContext(config -> config.withFailure(Failures.skipAfter(1)));
    private final TestInput<String> words = test.input();
    private final Broadcast<Set<String>> blacklist = test.context().broadcast(Set.of("bad"));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void functionsOfAllTasksReadItsValue() {
        TestOutput<String> good =
                test.output(words.stream().filter(word -> !blacklist.value().contains(word)));
        words.push("good", "bad", "ugly");
        test.runBatch();
        assertThat(good.last()).containsExactly("good", "ugly");
        assertThat(blacklist.value()).containsExactly("bad");
    }

    @Test
    void itSaysWhatItIsWithoutItsValue() {
        Broadcast<String> secret = test.context().broadcast("secret");
        assertThat(secret).hasToString("Broadcast(java.lang.String)");
        secret.destroy();
        assertThat(secret).hasToString("Broadcast(destroyed)");
    }

    @Test
    void aReplacementIsSeenFromTheNextBatchOn() {
        TestOutput<String> good =
                test.output(words.stream().filter(word -> !blacklist.value().contains(word)));
        words.push("good", "bad", "ugly");
        test.runBatch();
        blacklist.replace(Set.of("ugly"));
        assertThat(blacklist.value()).containsExactly("ugly");
        words.push("good", "bad", "ugly");
        test.runBatch();
        assertThat(good.last()).containsExactly("good", "bad");
    }

    @Test
    void aBatchSeesOneValueThoughItIsReplacedMeanwhile() {
        List<Set<String>> seen = new ArrayList<>();
        var filtered = words.stream().transform(rdd -> {
            seen.add(blacklist.value());
            return rdd.filter(word -> !blacklist.value().contains(word));
        });
        filtered.foreachRDD(rdd -> {
            CompletableFuture.runAsync(() -> blacklist.replace(Set.of("good", "ugly")))
                    .join();
            seen.add(blacklist.value());
        });
        TestOutput<String> good = test.output(filtered);
        words.push("good", "bad", "ugly");
        test.runBatch();
        assertThat(good.last()).containsExactly("good", "ugly");
        words.push("good", "bad", "ugly");
        test.runBatch();
        assertThat(good.last()).containsExactly("bad");
        assertThat(seen).containsExactly(Set.of("bad"), Set.of("bad"), Set.of("good", "ugly"), Set.of("good", "ugly"));
    }

    @Test
    void anActionOutsideOfBatchesSeesOneValue() {
        Set<Set<String>> seen = ConcurrentHashMap.newKeySet();
        test.context().parallelize(IntStream.range(0, 100).boxed().toList(), 10).foreach(i -> {
            seen.add(blacklist.value());
            blacklist.replace(Set.of("word " + i));
        });
        assertThat(seen).hasSize(1);
    }

    @Test
    void aDestroyedOneFailsWhoReadsItAndSaysWhatToDo() {
        words.stream().foreachRDD(rdd -> blacklist.value());
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
        blacklist.destroy();
        blacklist.destroy();
        assertThat(test.runFailingBatch().failureReason()).contains("The broadcast was destroyed");
        assertThatIllegalStateException()
                .isThrownBy(() -> blacklist.replace(Set.of()))
                .withMessageContaining("make a new one by broadcast(value)");
    }

    @Test
    void nullIsNoValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context().broadcast(null))
                .withMessageContaining("'value' of a broadcast must not be null");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> blacklist.replace(null))
                .withMessageContaining("'value' of a broadcast must not be null");
    }
}
