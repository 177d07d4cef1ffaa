package io.dstream.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dstream.function.StreamingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values written by one version of a program and read by another: both are compiled here. */
class CodecEvolutionTest {

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

    private void assertRefused(String source, byte[] bytes, String reason) {
        assertThatExceptionOfType(StreamingException.class)
                .isThrownBy(() -> read(source, bytes))
                .withMessageContaining(reason);
    }

    private byte[] written(String source, String expression) {
        ClassLoader program =
                compile(source, "public class Main { public static Object value() { return " + expression + "; } }");
        try {
            Object value = program.loadClass("com.shop.Main").getMethod("value").invoke(null);
            return codec(program).encode(value);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private Object read(String source, byte[] bytes) {
        return codec(compile(source)).decode(bytes);
    }

    /** A codec knows the program that makes it. */
    private static Codec<Object> codec(ClassLoader program) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(program);
        try {
            return Codec.allowing(List.of("com.shop"));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private ClassLoader compile(String... sources) {
        try {
            Path classes = Files.createTempDirectory(directory, "program");
            List<Path> files = new ArrayList<>();
            for (String source : sources) {
                String name = source.contains("class Main") ? "Main" : "Order";
                files.add(Files.writeString(classes.resolve(name + ".java"), "package com.shop; " + source));
            }
            run(classes, files);
            return load(classes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
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
