package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values written by one version of a program and read by another: both are compiled here. */
class CodecEvolutionTest {

    private static final Pattern DECLARATION = Pattern.compile("public (?:record|class|enum) (\\w+)");

    @TempDir
    Path directory;

    private final List<URLClassLoader> programs = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (URLClassLoader program : programs) {
            program.close();
        }
    }

    @Test
    void componentsOfARecordMayComeGoAndMove() {
        byte[] bytes =
                written("public record Order(String id, long amount, String gone) {}", "new Order(\"o-1\", 12, \"x\")");
        assertThat(read(
                        "public record Order(boolean added, long amount, String id, java.util.List<String> more) {}",
                        bytes))
                .hasToString("Order[added=false, amount=12, id=o-1, more=null]");
    }

    @Test
    void fieldsOfAClassMayComeAndGo() {
        byte[] bytes =
                written("public class Order { String id = \"o-1\"; long amount = 12; int gone = 3; }", "new Order()");
        String later = "public class Order { long amount; String id; String added = \"default\"; Integer more;"
                + " public String toString() { return id + ' ' + amount + ' ' + added + ' ' + more; } }";
        assertThat(read(later, bytes)).hasToString("o-1 12 default null");
    }

    @Test
    void theyMayComeAndGoInsideOfCollections() {
        byte[] bytes = written(
                "public record Order(String id, int gone) {}",
                "new java.util.ArrayList<>(java.util.List.of(java.util.Map.of(1, new Order(\"o-1\", 1))))");
        assertThat(read("public record Order(String added, String id) {}", bytes))
                .hasToString("[{1=Order[added=null, id=o-1]}]");
    }

    @Test
    void aNumberMayBecomeWider() {
        byte[] bytes = written("public record Order(int amount) {}", "new Order(12)");
        assertThat(read("public record Order(long amount) {}", bytes)).hasToString("Order[amount=12]");
    }

    @Test
    void anEnumIsKnownByTheNamesOfItsConstants() {
        byte[] bytes = written("public enum Order { OPEN, PAID }", "Order.PAID");
        assertThat(read("public enum Order { NEW, PAID, OPEN }", bytes)).hasToString("PAID");
        assertRefused("public enum Order { OPEN, CLOSED }", bytes, "PAID");
    }

    @Test
    void aClassThatIsNotThereAnyMoreIsNamed() {
        byte[] bytes = written(
                "public record Order(Detail detail) { public record Detail(String name) {} }",
                "new Order(new Order.Detail(\"x\"))");
        assertRefused("public record Order(String id) {}", bytes, "com.shop.Order$Detail");
    }

    @Test
    void aClassThatWasRenamedIsFoundByItsAlias() {
        byte[] bytes = written(
                "public record Order(String id, Detail detail, java.util.List<Detail> more) {"
                        + " public record Detail(String name) {} }",
                "java.util.List.of(new Order(\"o-1\", new Order.Detail(\"x\"), java.util.List.of(new Order.Detail(\"y\"))))");
        ClassLoader later = compile("public record Purchase(String id, Detail detail, java.util.List<Detail> more) {"
                + " public record Detail(String name) {} }");
        Codec<Object> codec = codec(later, Map.of("com.shop.Order", type("Purchase", later)));
        Object read = codec.decode(bytes);
        assertThat(read).hasToString("[Purchase[id=o-1, detail=Detail[name=x], more=[Detail[name=y]]]]");
        assertThat(codec.decode(codec.encode(read))).isEqualTo(read);
        assertThat(codec(later).decode(codec.encode(read)))
                .as("written under its new name, read without an alias")
                .isEqualTo(read);
    }

    @Test
    void soIsOneThatWasRenamedTwice() {
        byte[] first = written("public record Order(String id) {}", "new Order(\"first\")");
        byte[] second = writtenBy(compile("public record Sale(String id) {}", main("new Sale(\"second\")")));
        ClassLoader later = compile("public record Purchase(String id) {}");
        Class<?> type = type("Purchase", later);
        Codec<Object> codec = codec(later, Map.of("com.shop.Order", type, "com.shop.Sale", type));
        for (int i = 0; i < 3; i++) {
            assertThat(codec.decode(first)).hasToString("Purchase[id=first]");
            assertThat(codec.decode(second)).hasToString("Purchase[id=second]");
        }
    }

    @Test
    void soIsOneThatHasACodec() {
        ClassLoader before =
                compile("public record Order(String id) {}", main("java.util.List.of(new Order(\"o-1\"))"));
        byte[] bytes = writtenBy(codec(before, Map.of(), textCodec(type("Order", before))), before);
        ClassLoader later = compile("public record Purchase(String id) {}");
        Class<?> type = type("Purchase", later);
        Codec<Object> codec = codec(later, Map.of("com.shop.Order", type), textCodec(type));
        for (int i = 0; i < 3; i++) {
            Object read = codec.decode(bytes);
            assertThat(read).hasToString("[Purchase[id=o-1]]");
            assertThat(codec.decode(codec.encode(read))).isEqualTo(read);
        }
    }

    /** A codec for a record of a String. */
    private static <T> Map<Class<?>, Codec<?>> textCodec(Class<T> type) {
        return Map.of(type, new Codec<T>() {
            @Override
            public byte[] encode(T value) {
                String text = value.toString();
                return text.substring(text.indexOf('=') + 1, text.length() - 1).getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public T decode(byte[] bytes) {
                try {
                    return type.getConstructor(String.class).newInstance(new String(bytes, StandardCharsets.UTF_8));
                } catch (ReflectiveOperationException failure) {
                    throw new IllegalStateException(failure);
                }
            }
        });
    }

    @Test
    void anEnumAndAClassThatIsExtendedMayBeRenamed() {
        byte[] bytes = written(
                "public class Order extends Basis { State state = State.PAID; } enum State { OPEN, PAID }"
                        + " class Basis { long amount = 12; }",
                "new java.util.HashMap<>(java.util.Map.of(State.OPEN, new Order()))");
        ClassLoader later = compile("public class Order extends Base { Status state;"
                + " public String toString() { return state + \" \" + amount; } } enum Status { PAID, OPEN }"
                + " class Base { long amount; }");
        Map<String, Class<?>> aliases =
                Map.of("com.shop.State", type("Status", later), "com.shop.Basis", type("Base", later));
        assertThat(codec(later, aliases).decode(bytes)).hasToString("{OPEN=PAID 12}");
    }

    @Test
    void aClassWithoutItsAliasIsNamedWithTheRemedy() {
        byte[] bytes = written("public record Order(String id) {}", "new Order(\"o-1\")");
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() ->
                        codec(compile("public record Purchase(String id) {}")).decode(bytes))
                .withMessageContaining("com.shop.Order")
                .withMessageContaining("StreamingConfig.withAlias");
    }

    @Test
    void anAliasThatCannotBeMeantIsRefused() {
        ClassLoader program = compile("public record Order(String id) {}", "public class Main {}");
        Class<?> order = type("Order", program);
        assertAliasRefused(program, "com.shop.Main", order, "not there any more");
        assertAliasRefused(program, "com.shop.*", order, "the name of a class");
        assertAliasRefused(program, "com.shop.Old", order.arrayType(), "neither primitive nor an array");
        assertAliasRefused(program, "com.shop.Old", Thread.class, "an allowed package");
    }

    private static void assertAliasRefused(ClassLoader program, String name, Class<?> type, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec(program, Map.of(name, type)))
                .withMessageContaining("'" + name + "'")
                .withMessageContaining(type.getName())
                .withMessageContaining(reason);
    }

    private void assertRefused(String source, byte[] bytes, String reason) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> read(source, bytes))
                .withMessageContaining(reason);
    }

    private byte[] written(String source, String expression) {
        return writtenBy(compile(source, main(expression)));
    }

    private static byte[] writtenBy(ClassLoader program) {
        return writtenBy(codec(program), program);
    }

    private static byte[] writtenBy(Codec<Object> codec, ClassLoader program) {
        try {
            return codec.encode(type("Main", program).getMethod("value").invoke(null));
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String main(String expression) {
        return "public class Main { public static Object value() { return " + expression + "; } }";
    }

    private static Class<?> type(String name, ClassLoader program) {
        try {
            return program.loadClass("com.shop." + name);
        } catch (ClassNotFoundException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Object read(String source, byte[] bytes) {
        return codec(compile(source)).decode(bytes);
    }

    /** A codec knows the program that makes it. */
    private static Codec<Object> codec(ClassLoader program) {
        return codec(program, Map.of());
    }

    private static Codec<Object> codec(ClassLoader program, Map<String, Class<?>> aliases) {
        return codec(program, aliases, Map.of());
    }

    private static Codec<Object> codec(
            ClassLoader program, Map<String, Class<?>> aliases, Map<Class<?>, Codec<?>> codecs) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(program);
        try {
            return Codec.allowing(List.of("com.shop"), aliases, codecs);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private ClassLoader compile(String... sources) {
        try {
            Path classes = Files.createTempDirectory(directory, "program");
            List<Path> files = new ArrayList<>();
            for (String source : sources) {
                String name = nameIn(source);
                files.add(Files.writeString(classes.resolve(name + ".java"), "package com.shop; " + source));
            }
            run(classes, files);
            return load(classes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String nameIn(String source) {
        Matcher declaration = DECLARATION.matcher(source);
        assertThat(declaration.find()).isTrue();
        return declaration.group(1);
    }

    private static void run(Path classes, List<Path> files) {
        String[] arguments = Stream.concat(
                        Stream.of("-d", classes.toString()), files.stream().map(Path::toString))
                .toArray(String[]::new);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments))
                .isZero();
    }

    private ClassLoader load(Path classes) throws MalformedURLException {
        URLClassLoader program =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, CodecEvolutionTest.class.getClassLoader());
        programs.add(program);
        return program;
    }
}
