package io.dstream.function;

import org.jspecify.annotations.Nullable;

/** What every operation asks of the functions that it is given, and of what goes with them. */
public final class Functions {

    private Functions() {}

    /**
     * Makes sure that a function is given, where it is given and not where it is called.
     *
     * @param name of the parameter
     * @param function what was given for it
     * @return the function
     * @throws IllegalArgumentException if it is null
     */
    public static <F> F require(String name, @Nullable F function) {
        if (function == null) {
            throw new IllegalArgumentException("'" + name + "' must be a function, but was null");
        }
        return function;
    }

    /**
     * Makes sure that a user's function has returned something.
     *
     * @param operator what has called the function: the id of its stream, else what the operator is called
     * @param remedy what to return instead of null
     * @param returned what it has returned
     * @return the same
     * @throws StreamingException if it is null
     */
    public static <T> T requireReturned(String operator, String remedy, @Nullable T returned) {
        if (returned == null) {
            throw new StreamingException(
                    "The function of '" + operator + "' returned null; return " + remedy + " instead");
        }
        return returned;
    }

    /**
     * Makes sure that something else is given, such as a specification.
     *
     * @param name of the parameter
     * @param argument what was given for it
     * @return the argument
     * @throws IllegalArgumentException if it is null
     */
    public static <T> T requireNotNull(String name, @Nullable T argument) {
        if (argument == null) {
            throw new IllegalArgumentException("'" + name + "' must not be null");
        }
        return argument;
    }
}
