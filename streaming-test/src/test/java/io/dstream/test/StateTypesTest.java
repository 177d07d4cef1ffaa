package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.PairDStream;
import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo.Status;
import io.dstream.rdd.Pair;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import io.dstream.storage.Codec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of which types keys and states are in a checkpoint directory, and how they get there. */
class StateTypesTest {

    @TempDir
    private Path temporary;

    private TestStreamingContext test;
    private TestInput<String> words;

    @BeforeEach
    void open() {
        test = new TestStreamingContext(config -> config.withCheckpointDirectory(temporary)
                .withAllowedPackages("io.dstream.test")
                .withCodec(Tally.class, new TallyCodec()));
        words = test.input();
    }

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void keysMayBeOfSeveralClassesOfATypeOfTheProgram() {
        output();
        run("short");
        goOn();
        TestOutput<Pair<Word, Tally>> tallies = output();
        run("much longer");
        assertThat(tallies.last())
                .extracting(pair -> pair.key() + " " + pair.value().count)
                .containsExactlyInAnyOrder("Brief[text=short] 1", "Lengthy[text=much longer] 1");
    }

    @Test
    void statesGoThroughTheCodecOfTheirClass() {
        output();
        run("a", "a");
        goOn();
        TestOutput<Pair<Word, Tally>> tallies = output();
        run("a");
        assertThat(tallies.last())
                .singleElement()
                .extracting(pair -> pair.value().count)
                .isEqualTo(3);
    }

    @Test
    void typesThatNoObjectIsOfAreRefused() {
        UpdateSpec<Long, Long, Long> update = UpdateSpec.function((values, state) -> state);
        StateSpec<Long, Long, Long, Long> state = StateSpec.function((key, value, before) -> key);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> update.types(long.class, Long.class))
                .withMessage("'key' must be the class or an interface of objects, but was long");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> state.types(Long.class, null))
                .withMessage("'state' must be the class or an interface of objects, but was null");
    }

    @Test
    void pipelinesShareAliasesAndCodecs() {
        assertSharedOnly(config -> config.withAlias("com.shop.Gone", Brief.class));
        assertSharedOnly(config -> config.withCodec(Brief.class, new BriefCodec()));
    }

    private void assertSharedOnly(Function<StreamingConfig, StreamingConfig> change) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> test.context()
                        .pipeline("own", change.apply(test.context().config())))
                .withMessageContaining("aliases or codecs of its own");
    }

    private TestOutput<Pair<Word, Tally>> output() {
        PairDStream<Word, Long> ones = words.stream().mapToPair(word -> Pair.of(Word.of(word), 1L));
        return test.output(ones.updateStateByKey((List<Long> values, Optional<Tally> before) ->
                Optional.of(new Tally(before.map(tally -> tally.count).orElse(0) + values.size()))));
    }

    private void run(String... rows) {
        words.push(rows);
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
    }

    private void goOn() {
        test = test.crash();
        words = test.input();
    }

    sealed interface Word {

        static Word of(String text) {
            return text.length() > 5 ? new Lengthy(text) : new Brief(text);
        }
    }

    record Brief(String text) implements Word {}

    record Lengthy(String text) implements Word {}

    /** Nothing of it is written without a codec. */
    static final class Tally {

        private final transient int count;

        Tally(int count) {
            this.count = count;
        }
    }

    private static final class TallyCodec implements Codec<Tally> {

        @Override
        public byte[] encode(Tally value) {
            return Integer.toString(value.count).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Tally decode(byte[] bytes) {
            return new Tally(Integer.parseInt(new String(bytes, StandardCharsets.UTF_8)));
        }
    }

    private static final class BriefCodec implements Codec<Brief> {

        @Override
        public byte[] encode(Brief value) {
            return value.text().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Brief decode(byte[] bytes) {
            return new Brief(new String(bytes, StandardCharsets.UTF_8));
        }
    }
}
