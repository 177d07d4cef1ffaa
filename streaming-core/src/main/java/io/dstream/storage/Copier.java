package io.dstream.storage;

import io.dstream.function.StreamingException;
import org.apache.fory.Fory;
import org.jspecify.annotations.Nullable;

/**
 * Makes copies of values that somebody could change.
 *
 * <p>Used by one thread at a time.
 */
public final class Copier {

    private final ImmutableValues immutable = new ImmutableValues();

    // Mutable state
    private @Nullable Fory library; // made for the first value that has to be copied

    /**
     * A copy of a value with everything in it; the value itself if it is of a type that is known to be immutable: a boxed value,
     * a String, BigDecimal, BigInteger or UUID, an enum, one of {@code java.time}, or a record or Optional of such values.
     *
     * @throws StreamingException if it cannot be copied, naming the class
     */
    public <T> T copy(T value) {
        try {
            return immutable.isImmutable(value) ? value : deepCopy(value);
        } catch (RuntimeException | StackOverflowError failure) {
            library = null; // it may be halfway
            throw Refusal.of("A " + value.getClass().getName() + " cannot be copied", failure);
        }
    }

    private <T> T deepCopy(T value) {
        if (library == null) {
            library = ForyFactory.forCopies();
        }
        return library.copy(value);
    }
}
