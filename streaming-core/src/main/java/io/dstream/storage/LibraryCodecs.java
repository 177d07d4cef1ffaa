package io.dstream.storage;

import java.util.Map;

/**
 * Codecs for the classes of a library, which the connector to it brings along: each context has those of the providers that
 * {@link java.util.ServiceLoader} finds, beside the program's own, which come before them.
 */
public interface LibraryCodecs {

    /**
     * The codecs, by the classes whose objects they write.
     *
     * @param values for what objects of these classes have in them. It knows the program's classes and codecs, but none of a library
     * @return codecs for classes that objects have: neither abstract nor an interface
     */
    Map<Class<?>, Codec<?>> codecs(Codec<Object> values);
}
