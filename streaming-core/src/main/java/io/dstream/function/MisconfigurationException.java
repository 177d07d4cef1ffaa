package io.dstream.function;

import org.jspecify.annotations.Nullable;

/**
 * Something cannot be read or written as it was asked for: a mistake in the configuration of a pipeline, or in that of a system which it
 * uses. Trying again does not help. At a start, a Spring Boot service tells problem and remedy without a stack trace.
 */
public class MisconfigurationException extends StreamingException {

    private static final long serialVersionUID = 1L;

    private final String problem;
    private final String remedy;

    /**
     * @param problem what is wrong, in a sentence; whether it has a full stop at its end does not matter
     * @param remedy what to do about it, likewise; what is to be copied goes last, on a line of its own
     * @param cause null if there is nothing more to tell
     */
    public MisconfigurationException(String problem, String remedy, @Nullable Throwable cause) {
        super(withoutStop(problem) + ". " + withoutStop(remedy), cause);
        this.problem = withoutStop(problem);
        this.remedy = withoutStop(remedy);
    }

    /** What is wrong, in a sentence without its end. */
    public String problem() {
        return problem;
    }

    /** What to do about it, likewise. */
    public String remedy() {
        return remedy;
    }

    /** Messages of other systems often have one. */
    private static String withoutStop(String sentence) {
        String text = sentence.strip();
        return text.endsWith(".") && !text.endsWith("..") ? text.substring(0, text.length() - 1) : text;
    }
}
