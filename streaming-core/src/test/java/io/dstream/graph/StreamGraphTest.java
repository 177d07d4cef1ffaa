package io.dstream.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dstream.input.QueueSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamGraphTest {

    private final StreamGraph.Builder builder = new StreamGraph.Builder("orders");
    private final Node.Input input = builder.add(new Node.Input(source(), Duration.ofSeconds(1)));

    @Test
    void partsWithoutANameAreNumberedWithinTheirKind() {
        Node.Transform first = builder.add(map(input));
        Node.Transform second = builder.add(map(first));
        OutputOperation output = builder.add(print(second));
        StreamGraph graph = builder.build();
        assertThat(graph.idOf(input)).isEqualTo("queue-0");
        assertThat(graph.idOf(first)).isEqualTo("map-0");
        assertThat(graph.idOf(second)).isEqualTo("map-1");
        assertThat(graph.idOf(output)).isEqualTo("print-0");
    }

    @Test
    void aPartIsFoundByItsNameOrNumberAndAnOutputStandsForTheStreamItReads() {
        Node.Transform first = builder.add(map(input));
        builder.name(first, "clean");
        Node.Transform second = builder.add(map(first));
        builder.add(print(second));
        assertThat(builder.inputs()).containsExactly("queue-0");
        assertThat(builder.stream("queue-0")).isSameAs(input);
        assertThat(builder.stream("clean")).isSameAs(first);
        assertThat(builder.stream("print-0")).isSameAs(second);
    }

    @Test
    void aPartThatIsNotThereIsToldWithThoseThatAre() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.replaceSource("map-0", source()))
                .withMessage("There is no input 'map-0' in pipeline 'orders', which has queue-0");
        builder.add(print(builder.add(map(input))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.stream("clean"))
                .withMessage(
                        "There is no stream or output 'clean' in pipeline 'orders', which has queue-0, map-0, print-0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamGraph.Builder("empty").stream("clean"))
                .withMessage("There is no stream or output 'clean' in pipeline 'empty', which has none");
    }

    @Test
    void anInputReadsTheSourceThatHasReplacedItsOwn() {
        Node.Input other = builder.add(new Node.Input(source(), Duration.ofSeconds(1)));
        QueueSource<?> replacement = source();
        builder.replaceSource("queue-1", replacement);
        builder.add(print(input));
        StreamGraph graph = builder.build();
        assertThat(graph.sourceOf(input)).isSameAs(input.source());
        assertThat(graph.sourceOf(other)).isSameAs(replacement);
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.replaceSource("queue-0", source()))
                .withMessageContaining("define everything before start()");
    }

    @Test
    void aNamedPartDoesNotShiftTheNumbersOfTheOthers() {
        Node.Transform first = builder.add(map(input));
        builder.name(first, "clean");
        Node.Transform second = builder.add(map(first));
        builder.add(print(second));
        StreamGraph graph = builder.build();
        assertThat(graph.idOf(first)).isEqualTo("clean");
        assertThat(graph.idOf(second)).isEqualTo("map-0");
    }

    @Test
    void namesAreUnique() {
        Node.Transform first = builder.add(map(input));
        builder.name(first, "clean");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.name(input, String.join("", "cle", "an")))
                .withMessage("The name 'clean' is given twice in pipeline 'orders'; names must be unique");
    }

    @Test
    void aNameThatIsTheIdOfAnUnnamedPartIsRefused() {
        Node.Transform first = builder.add(map(input));
        builder.name(first, "queue-0");
        builder.add(print(first));
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining("'queue-0'")
                .withMessageContaining("choose another name");
    }

    @Test
    void malformedNamesAreRefused() {
        for (String name : List.of("", " ", "a/b", "-a", "a b", "ä")) {
            assertThatIllegalArgumentException()
                    .as(name)
                    .isThrownBy(() -> builder.name(input, name))
                    .withMessageContaining("'" + name + "'");
        }
    }

    @Test
    void aGraphWithoutOutputIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(builder::build)
                .withMessageContaining("No output operation is registered in pipeline 'orders'")
                .withMessageContaining("print()");
    }

    @Test
    void aBuiltGraphIsFrozen() {
        builder.add(print(input));
        builder.build();
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.add(map(input)))
                .withMessageContaining("Pipeline 'orders' was started before")
                .withMessageContaining("define everything before start()");
    }

    @Test
    void partsOfAnotherPipelineAreRefused() {
        StreamGraph.Builder other = new StreamGraph.Builder("bills");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.add(map(input)))
                .withMessageContaining("'bills'")
                .withMessageContaining("belongs to another pipeline");
    }

    @Test
    void inputsThatFeedNoOutputAreToldApart() {
        Node.Input unused = builder.add(new Node.Input(source(), Duration.ofSeconds(1)));
        builder.add(print(builder.add(map(input))));
        StreamGraph graph = builder.build();
        assertThat(graph.inputs()).containsExactly(input);
        assertThat(graph.unconnectedInputs()).containsExactly(unused);
    }

    private static QueueSource<?> source() {
        return new QueueSource<>(new ArrayDeque<>(), true);
    }

    private static Node.Transform map(Node parent) {
        return new Node.Transform("map", List.of(parent), (parents, time) -> parents.get(0));
    }

    private static OutputOperation print(Node stream) {
        return new OutputOperation("print", stream, (rdd, time) -> {});
    }
}
