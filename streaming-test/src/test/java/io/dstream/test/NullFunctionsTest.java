package io.dstream.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.dstream.DStream;
import io.dstream.PairDStream;
import io.dstream.StreamingContext;
import io.dstream.input.FileStreamOptions;
import io.dstream.rdd.Pair;
import io.dstream.rdd.PairRDD;
import io.dstream.rdd.RDD;
import io.dstream.state.StateSpec;
import io.dstream.state.UpdateSpec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every operation that takes functions refuses null where it is given, and not in some batch later. */
class NullFunctionsTest {

    private final TestStreamingContext test = new TestStreamingContext();
    private final DStream<Object> stream = test.input().stream();
    private final PairDStream<Object, Object> pairs = stream.mapToPair(row -> Pair.of(row, row));
    private final RDD<Object> rdd = test.context().parallelize(List.of("row"));
    private final PairRDD<Object, Object> pairRdd = rdd.keyBy(row -> row);
    private final Map<Class<?>, Object> samples = new HashMap<>(Map.of(
            int.class,
            1,
            long.class,
            1L,
            boolean.class,
            true,
            Duration.class,
            Duration.ofSeconds(1),
            List.class,
            List.of(stream),
            double[].class,
            new double[] {0, 1},
            String.class,
            "name",
            Object.class,
            "row"));

    NullFunctionsTest() {
        samples.putAll(Map.of(DStream.class, stream, PairDStream.class, pairs, RDD.class, rdd, PairRDD.class, pairRdd));
    }

    @AfterEach
    void close() {
        test.close();
    }

    @TestFactory
    Stream<DynamicTest> areRefused() {
        List<DynamicTest> tests = new ArrayList<>();
        Map<Class<?>, Object> doors = Map.of(
                DStream.class,
                stream,
                PairDStream.class,
                pairs,
                RDD.class,
                rdd,
                PairRDD.class,
                pairRdd,
                StreamingContext.class,
                test.context(),
                StateSpec.class,
                new Object(),
                UpdateSpec.class,
                new Object(),
                FileStreamOptions.class,
                FileStreamOptions.defaults());
        doors.forEach((type, door) -> Arrays.stream(type.getMethods())
                .filter(method -> !method.isBridge())
                .forEach(method -> addTests(door, method, tests)));
        assertThat(tests).hasSizeGreaterThan(150);
        return tests.stream();
    }

    private void addTests(Object door, Method method, List<DynamicTest> tests) {
        Parameter[] parameters = method.getParameters();
        for (int i = 0; i < parameters.length; i++) {
            int index = i;
            if (isFunction(parameters[i]) && !isNullable(parameters[i])) {
                tests.add(DynamicTest.dynamicTest(
                        method.toGenericString() + ", argument " + i, () -> requireRefused(door, method, index)));
            }
        }
    }

    private void requireRefused(Object door, Method method, int index) {
        method.setAccessible(true); // declared in a class that is not public
        Object[] arguments =
                Arrays.stream(method.getParameterTypes()).map(this::sample).toArray();
        arguments[index] = null;
        Throwable thrown =
                catchThrowable(() -> method.invoke(Modifier.isStatic(method.getModifiers()) ? null : door, arguments));
        assertThat(thrown)
                .cause()
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .message()
                .matches("'[a-zA-Z]+' must be a function, but was null");
    }

    private @Nullable Object sample(Class<?> type) {
        return isFunction(type)
                ? Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, given) -> null)
                : samples.get(type);
    }

    private static boolean isFunction(Parameter parameter) {
        return isFunction(parameter.getType());
    }

    private static boolean isFunction(Class<?> type) {
        return type == Comparator.class
                || type == Supplier.class
                || type.getPackageName().equals("io.dstream.function");
    }

    private static boolean isNullable(Parameter parameter) {
        return parameter.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }
}
