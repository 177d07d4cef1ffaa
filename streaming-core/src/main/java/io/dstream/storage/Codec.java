package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.util.List;
import java.util.Map;

/**
 * Turns values into bytes and back.
 *
 * <p>A program may have its own for classes that dstream cannot write, or should write in another way
 * ({@code StreamingConfig.withCodec}).
 *
 * <p>The bytes are for files: they can be read by another run and by a later version of the program. Small values take fewer
 * bytes together, as a list, than one by one.
 *
 * <p>Implementations are thread-safe.
 *
 * @param <T> type of the values
 */
public interface Codec<T> {

    /**
     * The codec for values that consist of
     *
     * <ul>
     *   <li>values of the JDK: primitive and boxed ones, strings, big numbers, {@code java.time}, UUID, Optional and the like;
     *   <li>arrays, and the collections and maps of the JDK;
     *   <li>{@link io.dstream.rdd.Pair}, and enums, records and plain classes of the program's own packages.
     * </ul>
     *
     * <p>A plain class needs no constructor; its {@code transient} fields are left out. Fields and record components may be
     * added and removed between writing and reading: what was not written is null, zero, or what a constructor without
     * parameters gives it; what is not there any more is passed over, if the class of its value still is. A reference to an
     * object that is in the value already becomes an object of its own. What is nested more than 500 levels deep is refused when it
     * is read.
     *
     * @param packages the names of the program's packages; one allows those below it, too
     * @throws IllegalArgumentException if one of them is not the name of a package
     */
    static Codec<Object> allowing(List<String> packages) {
        return allowing(packages, Map.of(), Map.of());
    }

    /**
     * As {@link #allowing(List)}, for a program in which classes have other names than they had, or codecs of its own.
     *
     * @param aliases the classes that had other names when they were written, by these: binary names, such as
     *     {@code com.example.Order$Item}. The classes nested in them are found, too, unless they were renamed themselves. A class
     *     may have had several names. Arrays of such classes cannot be read
     * @param codecs what makes the bytes of objects of these classes, wherever they are in a value; the classes need be in no allowed
     *     package. What was written with a codec is refused without it, and the other way round. They cannot be in arrays
     * @throws IllegalArgumentException as {@link #allowing(List)}; also if an alias is no name of a class, or that of a class
     *     that is there, or the class is not allowed; or if a codec is for a class without objects of its own, or for one of
     *     the JDK
     */
    static Codec<Object> allowing(
            List<String> packages, Map<String, Class<?>> aliases, Map<Class<?>, Codec<?>> codecs) {
        return new DefaultCodec(packages, aliases, codecs);
    }

    /**
     * Turns a value into bytes.
     *
     * @throws StreamingException if something in it cannot be written, naming the class and the remedy
     */
    byte[] encode(T value);

    /**
     * Turns bytes into a value equal to the one they were made of.
     *
     * @throws StreamingException if they are damaged, or something in them must not be read, naming the class and the remedy
     */
    T decode(byte[] bytes);
}
