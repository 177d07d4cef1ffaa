package io.dstream.rdd;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LineageTest {

    @Test
    void everyKindOfNodeThatHasParentsIsCalledAsItsOperator() {
        assertThat(kinds(Plan.class))
                .filteredOn(kind -> kind != Plan.Source.class && kind != Plan.Deferred.class)
                .containsExactlyInAnyOrderElementsOf(Lineage.OPERATORS.keySet());
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return Modifier.isAbstract(type.getModifiers())
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(LineageTest::kinds)
                : Stream.of(type);
    }
}
