package io.dstream.local;

/** What a key's values have become so far; may hold null. */
final class Cell<C> {

    C value;

    Cell(C value) {
        this.value = value;
    }
}
