package io.dstream.jdbc;

import io.dstream.function.Function;
import io.dstream.function.Functions;

/**
 * A column that is written.
 *
 * <p>Immutable.
 *
 * @param name as it was given
 * @param isKey whether it tells which row is updated
 * @param value what is in it for a row
 */
record Column<T>(String name, boolean isKey, Function<T, ?> value) {

    static <T> Column<T> of(String name, Function<T, ?> value) {
        return new Column<>(Identifier.requireColumn("name", name), false, Functions.require("value", value));
    }

    static <T> Column<T> key(String name, Function<T, ?> value) {
        return new Column<>(Identifier.requireColumn("name", name), true, Functions.require("value", value));
    }
}
