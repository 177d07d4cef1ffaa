package io.dstream.state;

import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The state of one key, as a function of {@code mapWithState} sees and changes it.
 *
 * <p>Valid during the call it is given to, on the thread of that call.
 *
 * @param <S> type of the state
 */
public interface State<S> {

    /** Whether the key has a state. */
    boolean exists();

    /**
     * The state. What is changed in it stays without effect unless it is given to {@link #update}: it is a copy, or cannot be
     * changed.
     *
     * @throws NoSuchElementException if there is none
     */
    S get();

    /** The state as {@link #get} has it; empty if there is none. */
    Optional<S> getOption();

    /**
     * Gives the key this state, which must not be changed after the call of the function.
     *
     * @throws IllegalArgumentException if the state was removed in this call or is timing out
     */
    void update(S newState);

    /**
     * Takes the key's state away; allowed if there is none.
     *
     * @throws IllegalArgumentException if the state was removed in this call already or is timing out
     */
    void remove();

    /** Whether this call is the last for the key, because nothing has come for it for longer than the timeout. */
    boolean isTimingOut();
}
