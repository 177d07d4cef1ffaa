package io.dstream.boot.autoconfigure;

/** The value of a property cannot be used. */
final class InvalidPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;

    /**
     * @param property the property's name
     * @param refusal tells what was expected, under the name of an argument
     */
    InvalidPropertyException(String property, IllegalArgumentException refusal) {
        super("Property '" + property + "' has a value that cannot be used", refusal);
        this.property = property;
    }

    String property() {
        return property;
    }

    /** What the value must be, as the end of a sentence. */
    String expectation() {
        Throwable refusal = getCause();
        String message = refusal == null || refusal.getMessage() == null ? "" : refusal.getMessage();
        return message.replaceFirst("^'\\w+' ", "it "); // the argument is the property under another name
    }
}
