package io.dstream.test;

import static io.dstream.test.UpgradedService.counted;
import static io.dstream.test.UpgradedService.pairs;
import static io.dstream.test.UpgradedService.sum;
import static io.dstream.test.UpgradedService.summed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.DStream;
import io.dstream.StreamingConfig;
import io.dstream.event.BatchInfo.Status;
import io.dstream.event.PipelineInfo.State;
import io.dstream.event.RestoredPart;
import io.dstream.event.RestoredPart.Outcome;
import io.dstream.function.StreamingException;
import io.dstream.rdd.Pair;
import io.dstream.rdd.RDD;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import io.dstream.storage.Codec;
import io.dstream.test.UpgradedService.Version1;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a new version of the code may change: the rows of the table in docs/upgrading.md, in their order. Version 1 runs in a process that
 * is killed in the midst of a batch; version 2 goes on with a copy of what it has left, and runs that batch before its own.
 */
class UpgradeTest {

    private static final Path SOURCES = Path.of("src", "test", "resources", "upgrade");

    @TempDir
    private static Path version1;

    @TempDir
    private Path temporary;

    private final ClassLoader ownLoader = Thread.currentThread().getContextClassLoader();

    private TestStreamingContext test;
    private Queue<RDD<String>> queue;
    private DStream<String> words;

    @BeforeAll
    static void runVersion1() throws Exception {
        Path classes = compile("1", version1.resolve("classes"));
        try (ChildProcess process = ChildProcess.start(
                "version 1", UpgradedService.class, classes.toString(), version1.resolve("log"), version1.toString())) {
            process.endLater(1, TimeUnit.MINUTES);
            process.requireLine("at work");
            process.kill(0);
        }
    }

    @AfterEach
    void close() {
        Thread.currentThread().setContextClassLoader(ownLoader);
        test.close();
    }

    @Test
    void functionsAndOperatorsWithoutStateMayChange() {
        upgrade(Version1.COUNTS);
        var counts = test.output(counted(words.map(String::trim).filter(word -> !word.equals("b")), 100));
        run("a", "b");
        assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 204L), Pair.of("b", 1L));
    }

    @Test
    void aNamedOperatorThatIsNewBeginsEmpty() {
        upgrade(Version1.NAMED);
        var ones = test.output(counted(words, 1).named("ones"));
        var others = test.output(counted(words, 1).named("others"));
        run("a");
        assertThat(ones.last()).contains(Pair.of("a", 6L));
        assertThat(others.last()).as("it sees the batch that is run again").containsExactly(Pair.of("a", 2L));
    }

    @Test
    void anOperatorWithoutANameThatIsNewBeginsEmptyIfItIsTheFirstOfItsKind() {
        upgrade(Version1.NAMED);
        var counts = test.output(counted(words, 1));
        run("a");
        assertThat(counts.last()).containsExactly(Pair.of("a", 2L));
    }

    @Test
    void elseItIsRefused() {
        upgrade(Version1.COUNTS);
        test.output(counted(words, 1));
        test.output(counted(words, 1));
        assertRefused("updateStateByKey", "updateStateByKey-0", "updateStateByKey-1", "named(...)");
    }

    @Test
    void soIsAnOutputThatTakesEachBatchOnceIfNobodyKnowsWhichItIs() {
        upgrade(Version1.SINK);
        words.saveTo(new MemorySink<>("memory"));
        words.saveTo(new MemorySink<>("memory"));
        assertRefused("memory 'memory-0'", "memory-1", "named(...)");
        assertThat(refused()).containsExactly("memory-0");
    }

    @Test
    void elseItTakesTheBatchThatIsRunAgain() {
        upgrade(Version1.SINK);
        MemorySink<String> sink = new MemorySink<>("memory");
        words.saveTo(sink).named("memory-0");
        MemorySink<String> another = new MemorySink<>("memory");
        words.saveTo(another).named("another");
        run("b");
        assertThat(sink.batches()).containsExactly(List.of("a"), List.of("b"));
        assertThat(another.batches()).as("nothing tells that it is not new").isEqualTo(sink.batches());
    }

    @Test
    void anOperatorThatIsGoneMayComeBack() {
        upgrade(Version1.NAMED);
        var tens = test.output(counted(words, 10).named("tens"));
        run("a");
        assertThat(tens.last()).contains(Pair.of("a", 60L));
        goOn();
        var ones = test.output(counted(words, 1).named("ones"));
        run("a");
        assertThat(ones.last()).as("without the two batches before").contains(Pair.of("a", 5L));
    }

    @Test
    void anotherNameIsNotTakenForAnotherOperatorWithoutAsking() {
        upgrade(Version1.COUNTS);
        test.output(counted(words, 1).named("counts"));
        assertRefused("updateStateByKey-0", "counts");
    }

    @Test
    void anOperatorMayGetItsIdAsItsName() {
        upgrade(Version1.COUNTS);
        var counts = test.output(counted(words, 1).named("updateStateByKey-0"));
        test.output(counted(words, 1).named("others"));
        run("a");
        assertThat(counts.last()).contains(Pair.of("a", 6L));
    }

    @Test
    void namedOperatorsMayBeReordered() {
        upgrade(Version1.NAMED);
        var tens = test.output(counted(words, 10).named("tens"));
        var ones = test.output(counted(words, 1).named("ones"));
        run("a");
        assertThat(ones.last()).contains(Pair.of("a", 6L));
        assertThat(tens.last()).contains(Pair.of("a", 60L));
    }

    @Test
    void thatOthersAreReorderedIsNotNoticed() {
        upgrade(Version1.UNNAMED);
        var tens = test.output(counted(words, 10));
        var ones = test.output(counted(words, 1));
        run("a");
        assertThat(tens.last()).as("of 4, as those of one").contains(Pair.of("a", 24L));
        assertThat(ones.last()).as("of 40, as those of ten").contains(Pair.of("a", 42L));
    }

    @Test
    void anotherOperatorUnderTheSameNameIsRefused() {
        upgrade(Version1.NAMED);
        test.output(pairs(words).mapWithState(summed()).named("ones"));
        assertRefused("mapWithState 'ones'", "updateStateByKey", "another name");
    }

    @Test
    void keysOfAnotherTypeAreRefusedByTheFirstBatch() {
        upgrade(Version1.NAMED);
        test.output(words.mapToPair(word -> Pair.of(word.length(), 1L))
                .updateStateByKey((List<Long> values, Optional<Long> state) -> Optional.of(1L))
                .named("ones"));
        assertFirstBatchFails("'ones'", "java.lang.String", "java.lang.Integer");
    }

    @Test
    void orByTheStartWhereTypesAreDeclared() {
        upgrade(Version1.NAMED);
        test.output(words.mapToPair(word -> Pair.of(word.length(), 1L))
                .updateStateByKey(UpdateSpec.<Integer, Long, Long>function((values, state) -> Optional.of(1L))
                        .types(Integer.class, Long.class))
                .named("ones"));
        assertRefused("'ones'", "java.lang.String", "java.lang.Integer", "named(...)");
        assertThat(refused()).containsExactly("ones");
    }

    @Test
    void statesOfAnotherTypeAreRefusedByTheFirstBatch() {
        upgrade(Version1.NAMED);
        test.output(pairs(words)
                .updateStateByKey((List<Long> values, Optional<String> state) ->
                        Optional.of(state.map(String::trim).orElse("") + values.size()))
                .named("ones"));
        assertFirstBatchFails("'ones'", "java.lang.Long");
    }

    @Test
    void soAreTheyByTheStartWhereTypesAreDeclared() {
        upgrade(Version1.SUMS);
        test.output(pairs(words)
                .mapWithState(StateSpec.<String, Long, String, String>function((word, value, state) -> word)
                        .types(String.class, String.class))
                .named("sums"));
        assertRefused("'sums'", "a state of java.lang.Long", "states of java.lang.String", "named(...)");
        assertThat(refused()).containsExactly("sums");
    }

    @Test
    void declaredTypesThatFitAreNoChange() {
        upgrade(Version1.SUMS);
        var sums = test.output(pairs(words)
                .mapWithState(summed().types(String.class, Number.class))
                .named("sums"));
        run("a");
        assertThat(sums.last()).containsExactly("a is 6");
    }

    @Test
    void fieldsMayComeAndGo() {
        useShop("fields");
        upgrade(Version1.SHOP);
        List<TestOutput<?>> outputs = shop();
        run("a");
        assertThat(outputs.get(0).last().toString())
                .contains("a Total[items=[Item[word=first, size=0]], count=6, last=none]");
        assertThat(outputs.get(1).last().toString()).isEqualTo("[a, a, a]");
    }

    @Test
    void aRenamedClassIsFoundByItsAlias() throws Exception {
        ClassLoader shop = useShop("renamed");
        Class<?> article = shop.loadClass("com.shop.catalog.Article");
        Class<?> sum = shop.loadClass("com.shop.Sum");
        upgrade(Version1.SHOP, config -> config.withAlias("com.shop.Item", article)
                .withAlias("com.shop.Total", sum));
        List<TestOutput<?>> outputs = shop();
        run("a");
        assertThat(outputs.get(0).last().toString()).contains("a Sum[count=6, first=x, items=[Article[word=first]]]");
        assertThat(outputs.get(1).last().toString()).isEqualTo("[a, a, a]");
    }

    @Test
    void withoutItTheStartIsRefused() {
        useShop("renamed");
        upgrade(Version1.SHOP);
        shop();
        assertRefused("'totals'", "com.shop.Item", "withAlias");
        assertThat(refused()).containsExactly("recent", "totals");
    }

    @Test
    void aCodecThatIsNewIsRefused() throws Exception {
        Class<?> total = useShop("1").loadClass("com.shop.Total");
        upgrade(Version1.SHOP, config -> withCodec(total, config));
        shop();
        assertRefused("'totals'", "com.shop.Total", "without its codec");
        assertThat(refused()).containsExactly("totals");
    }

    @Test
    void aTimeoutMayBeAdded() {
        upgrade(Version1.SUMS);
        var sums = test.output(pairs(words)
                .mapWithState(summed().timeout(Duration.ofSeconds(3)))
                .named("sums"));
        run("a");
        assertThat(sums.last()).containsExactly("a is 6");
        test.runBatches(2);
        assertThat(sums.last()).isEmpty();
        test.runBatch();
        assertThat(sums.last())
                .as("as if it had data in the first batch, at second 4")
                .containsExactly("b was 1");
    }

    @Test
    void aWindowMayBecomeLonger() {
        upgrade(Version1.WINDOWS);
        var sums = test.output(sum(words, 5, 1, false).named("sums"));
        var inverse = test.output(sum(words, 5, 1, true).named("inverse"));
        run("a");
        assertThat(sums.last()).as("batches 2 to 5").containsExactly(4L);
        assertThat(inverse.last()).as("batches 1 to 5").containsExactly(7L);
        run("a");
        assertThat(sums.last()).containsExactly(5L);
        assertThat(inverse.last()).containsExactly(5L);
    }

    @Test
    void aWindowMayBecomeShorter() {
        upgrade(Version1.WINDOWS);
        var window = test.output(words.map(word -> word).window(Duration.ofSeconds(2)));
        var sums = test.output(sum(words, 2, 1, false).named("sums"));
        var inverse = test.output(sum(words, 2, 1, true).named("inverse"));
        run("b");
        assertThat(window.last()).containsExactly("a", "b");
        assertThat(sums.last()).containsExactly(2L);
        assertThat(inverse.last()).containsExactly(2L);
    }

    @Test
    void theSlideMayChange() {
        upgrade(Version1.WINDOWS);
        var sums = test.output(sum(words, 4, 2, false).named("sums"));
        run("a");
        run("a");
        assertThat(sums.batches()).as("batches 2 to 4, 3 to 6").containsExactly(List.of(3L), List.of(4L));
    }

    @Test
    void theBatchIntervalMayChange() {
        upgrade(Version1.WINDOWS, config -> config.withBatchInterval(Duration.ofSeconds(2)));
        var sums = test.output(sum(words, 4, 2, false).named("sums"));
        var inverse = test.output(sum(words, 4, 2, true).named("inverse"));
        run("a");
        assertThat(sums.last()).as("the batches of seconds 3, 4 and 6").containsExactly(3L);
        assertThat(inverse.last()).containsExactly(3L);
    }

    @Test
    void parallelismMayChange() {
        upgrade(Version1.COUNTS, config -> config.withParallelism(5));
        var counts = test.output(counted(words, 1));
        run("a", "b", "c");
        assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 6L), Pair.of("b", 2L), Pair.of("c", 1L));
    }

    @Test
    void aSourceMayBeNew() {
        upgrade(Version1.NAMED);
        TestInput<String> more = test.input();
        var counts =
                test.output(counted(words.union(more.stream().named("more")), 1).named("ones"));
        more.push("a", "b");
        run("a");
        assertThat(counts.last()).containsExactlyInAnyOrder(Pair.of("a", 7L), Pair.of("b", 2L));
    }

    @Test
    void aSourceMayBeGone() {
        upgrade(Version1.TWO_SOURCES);
        var counts = test.output(counted(words, 1).named("counts"));
        run("a");
        assertThat(counts.last()).contains(Pair.of("a", 6L));
    }

    @Test
    void outputsMayChange() {
        upgrade(Version1.NAMED);
        words.foreachRDD(rdd -> rdd.count()).named("new");
        var ones = test.output(counted(words, 1).named("ones"));
        run("a");
        assertThat(ones.last()).contains(Pair.of("a", 6L));
    }

    @Test
    void accumulatorsGoOn() {
        upgrade(Version1.ACCUMULATOR);
        UpgradedService.addInEveryBatch(words);
        run("a");
        assertThat(test.context().accumulators()).containsEntry("batches", 5L);
    }

    @Test
    void anAccumulatorOfAnotherKindIsRefused() {
        upgrade(Version1.ACCUMULATOR);
        test.output(words);
        test.context().collectionAccumulator("batches");
        assertRefused("'batches'", "another kind");
        assertThat(refused()).containsExactly("batches");
    }

    @Test
    void whatWouldBecomeOfAllIsToldWithoutAStart() {
        upgrade(Version1.NAMED);
        var ones = test.output(counted(words, 1).named("ones"));
        test.output(counted(words, 1).named("new"));
        test.output(words.window(Duration.ofSeconds(3)));
        assertThat(test.context().restoredParts())
                .extracting(part -> part.id() + " " + part.outcome())
                .containsExactly("new EMPTY", "ones KEPT", "tens ABSENT", "window-0 EMPTY");
        assertThat(test.context().info().state()).isEqualTo(State.INITIALIZED);
        run("a");
        assertThat(ones.last()).contains(Pair.of("a", 6L));
    }

    @Test
    void soIsWhyAStartWouldBeRefused() {
        upgrade(Version1.COUNTS);
        test.output(counted(words, 1));
        test.output(counted(words, 1));
        assertThat(test.context().restoredParts())
                .filteredOn(part -> part.outcome() == Outcome.REFUSED)
                .singleElement()
                .asString()
                .contains("updateStateByKey-1");
    }

    private void upgrade(Version1 program) {
        upgrade(program, config -> config);
    }

    /** Makes the context of version 2, as the process finds the directory when it starts. */
    private void upgrade(Version1 program, UnaryOperator<StreamingConfig> change) {
        Path directory = temporary.resolve("checkpoint");
        CheckpointCopy left = CheckpointCopy.of(version1.resolve(program.name()));
        new CheckpointCopy(directory, left.files()).restore();
        test = new TestStreamingContext(config -> change.apply(config.withCheckpointDirectory(directory)
                .withWriteAheadLog(true)
                .withAllowedPackages("com.shop")));
        test.clock().advance(UpgradedService.END);
        openQueue();
    }

    /** Makes the context of one more version. */
    private void goOn() {
        test = test.crash();
        openQueue();
    }

    private void openQueue() {
        queue = new ConcurrentLinkedQueue<>();
        words = test.context().queueStream(queue);
    }

    private List<TestOutput<?>> shop() {
        return UpgradedService.shop().define(words).stream()
                .<TestOutput<?>>map(test::output)
                .toList();
    }

    /** Lets contexts that are made from now on be of a program with a version of the shop. */
    private ClassLoader useShop(String version) {
        try {
            URL classes = compile(version, temporary.resolve("classes")).toUri().toURL();
            ClassLoader loader = new URLClassLoader(new URL[] {classes}, ownLoader);
            Thread.currentThread().setContextClassLoader(loader);
            return loader;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path compile(String version, Path classes) throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES.resolve(version))) {
            Stream<String> sources = files.map(Path::toString).filter(file -> file.endsWith(".java"));
            Stream<String> options =
                    Stream.of("-proc:none", "-cp", System.getProperty("java.class.path"), "-d", classes.toString());
            String[] arguments = Stream.concat(options, sources).toArray(String[]::new);
            assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments))
                    .isZero();
        }
        return classes;
    }

    private static <T> StreamingConfig withCodec(Class<T> type, StreamingConfig config) {
        return config.withCodec(type, new Codec<T>() {
            @Override
            public byte[] encode(T value) {
                return new byte[0];
            }

            @Override
            public T decode(byte[] bytes) {
                throw new IllegalStateException("nothing was written by it");
            }
        });
    }

    private List<String> refused() {
        return test.context().restoredParts().stream()
                .filter(part -> part.outcome() == Outcome.REFUSED)
                .map(RestoredPart::id)
                .toList();
    }

    private void assertRefused(String... parts) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().start())
                .satisfies(failure -> assertThat(failure.getMessage()).contains(parts));
    }

    private void assertFirstBatchFails(String... parts) {
        test.context().start();
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> test.context().awaitTermination())
                .satisfies(failure -> assertThat(failure.getMessage()).contains(parts));
        goOn(); // so that the test knows of the failure
    }

    private void run(String... rows) {
        queue.add(test.context().parallelize(List.of(rows)));
        assertThat(test.runBatch().status()).isEqualTo(Status.COMMITTED);
    }
}
