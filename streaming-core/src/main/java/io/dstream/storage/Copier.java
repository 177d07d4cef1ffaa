package io.dstream.storage;

import io.dstream.function.StreamingException;
import java.util.HashSet;
import java.util.Set;
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
    private final Set<Class<?>> copyable = new HashSet<>(); // of which a value was copied
    private @Nullable Class<?> lastCopyable;

    /**
     * A copy of a value with everything in it; the value itself if it is of a type that is known to be immutable: a boxed value,
     * a String, BigDecimal, BigInteger or UUID, an enum, one of {@code java.time}, or a record or Optional of such values.
     *
     * @throws StreamingException if it cannot be copied, naming the class, what in it is to blame, and the remedy
     */
    public <T> T copy(T value) {
        try {
            return immutable.isImmutable(value) ? value : deepCopy(value);
        } catch (RuntimeException | StackOverflowError failure) {
            library = null; // it may be halfway
            throw Uncopyable.in(value, failure).refusal();
        }
    }

    /**
     * Makes sure that a value can be copied, by a copy of the first one of its class.
     *
     * @throws StreamingException as {@link #copy}
     */
    public void requireCopyable(@Nullable Object value) {
        if (value != null && value.getClass() != lastCopyable) {
            if (!copyable.contains(value.getClass())) {
                copy(value);
                copyable.add(value.getClass());
            }
            lastCopyable = value.getClass();
        }
    }

    private <T> T deepCopy(T value) {
        if (library == null) {
            library = ForyFactory.forCopies();
        }
        return library.copy(value);
    }
}
