package io.dstream.storage;

import org.jspecify.annotations.Nullable;

/** Tells that a value has a class under another of its names in files than the library knows it by. */
final class OtherNameException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String name;

    OtherNameException(String name) {
        super("Class " + name + " is known by another name", null, false, false);
        this.name = name;
    }

    String name() {
        return name;
    }

    /** The one that has caused a failure of the library; null if it has failed of something else. */
    static @Nullable OtherNameException in(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof OtherNameException other) {
                return other;
            }
        }
        return null;
    }
}
