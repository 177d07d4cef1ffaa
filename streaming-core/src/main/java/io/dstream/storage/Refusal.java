package io.dstream.storage;

import io.dstream.function.StreamingException;

/** Tells what the serialization library has failed of. */
final class Refusal {

    private Refusal() {}

    /**
     * What to throw for a failure of the library.
     *
     * @param what what could not be done
     * @param failure its failure, with what was thrown inside as cause
     */
    static StreamingException of(String what, Throwable failure) {
        return new StreamingException(what + ": " + reason(failure), failure);
    }

    /** As {@link #of}, of bytes that were to be read: a failure that says nothing to a user is theirs. */
    static StreamingException ofBytes(String what, RuntimeException failure) {
        return isOwnMistake(failure)
                ? new StreamingException(what + ": its bytes are damaged, or were not made by a codec", failure)
                : of(what, failure);
    }

    private static boolean isOwnMistake(RuntimeException failure) {
        return failure instanceof NullPointerException
                || failure instanceof IndexOutOfBoundsException
                || failure instanceof NegativeArraySizeException
                || failure instanceof ClassCastException;
    }

    private static String reason(Throwable failure) {
        Throwable last = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StreamingException) {
                return String.valueOf(cause.getMessage());
            }
            if (cause instanceof ClassNotFoundException) {
                return "class " + cause.getMessage()
                        + " is not there any more. If it was renamed or moved, tell its new name by"
                        + " StreamingConfig.withAlias or streaming.checkpoint.aliases; or bring it back";
            }
            last = cause;
        }
        return last instanceof StackOverflowError
                ? "it is nested too deeply, or has itself in it"
                : last.getClass().getSimpleName() + ": " + last.getMessage();
    }
}
