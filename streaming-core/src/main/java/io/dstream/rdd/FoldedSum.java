package io.dstream.rdd;

import io.dstream.function.Function2;
import io.dstream.function.StreamingException;

/** A sum made by functions. */
final class FoldedSum<T, A> implements Sum<T, A> {

    private final Function2<A, T, A> add;
    private final Function2<A, A, A> merge;

    // Mutable state
    private A value;

    FoldedSum(A zero, Function2<A, T, A> add, Function2<A, A, A> merge) {
        this.add = add;
        this.merge = merge;
        this.value = zero;
    }

    @Override
    public void add(T added) {
        value = call(add, added);
    }

    @Override
    public void addAll(Sum<T, A> other) {
        value = call(merge, other.value());
    }

    @Override
    public A value() {
        return value;
    }

    @Override
    public Object state() {
        return value;
    }

    @Override
    @SuppressWarnings("unchecked") // whoever adds it finds out
    public void restore(Object state) {
        value = call(merge, (A) state);
    }

    private <U> A call(Function2<A, U, A> function, U argument) {
        try {
            return function.call(value, argument);
        } catch (Exception failure) {
            throw StreamingException.unchecked(failure);
        }
    }
}
