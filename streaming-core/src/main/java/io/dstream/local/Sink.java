package io.dstream.local;

/** Takes the rows that an operator pushes. */
@FunctionalInterface
interface Sink<T> {

    void push(T row) throws Exception;
}
