package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.util.List;

/**
 * Turns values into bytes and back.
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
        return new DefaultCodec(new AllowedClasses(packages));
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
