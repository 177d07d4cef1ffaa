package io.dstream.boot.autoconfigure;

import io.dstream.boot.StreamDefinition;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pipeline is declared or defined in a way that cannot work; the message names the culprit, the remedy is told apart. */
final class InvalidPipelineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final String OTHER_NAME = "Choose another name in @StreamPipeline.";

    private final String remedy;

    private InvalidPipelineException(String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    static InvalidPipelineException noDefinition(String pipeline, DefiningBean bean) {
        String type = bean.type() == null ? "its type" : bean.type().getName();
        return new InvalidPipelineException(
                "The " + bean + " is annotated with @StreamPipeline(\"" + pipeline + "\") but is no "
                        + StreamDefinition.class.getName(),
                "Let " + type
                        + " implement StreamDefinition, and if a @Bean method makes the bean, declare such a return"
                        + " type; or remove the annotation.",
                null);
    }

    static InvalidPipelineException reservedName(String pipeline, DefiningBean bean) {
        return new InvalidPipelineException(
                "The name of the pipeline of " + bean + " is '" + pipeline
                        + "', which is that of the root context's own pipeline",
                OTHER_NAME,
                null);
    }

    static InvalidPipelineException malformedName(DefiningBean bean, IllegalArgumentException refusal) {
        return new InvalidPipelineException(
                "The name of the pipeline of " + bean + " cannot be used: " + refusal.getMessage(),
                OTHER_NAME,
                refusal);
    }

    static InvalidPipelineException sameName(String pipeline, DefiningBean first, DefiningBean second) {
        return new InvalidPipelineException(
                "Two beans define a pipeline '" + pipeline + "': " + first + " and " + second,
                "Choose another name in @StreamPipeline of one of them, or remove one of the beans.",
                null);
    }

    static InvalidPipelineException propertiesOfNone(String configured, List<String> pipelines) {
        return new InvalidPipelineException(
                "There are properties '" + PipelineProperty.prefix(configured) + "*', but no pipeline '" + configured
                        + "'. The pipelines are: " + (pipelines.isEmpty() ? "none" : String.join(", ", pipelines)),
                "Correct the name in the properties, remove them, or annotate a StreamDefinition bean with"
                        + " @StreamPipeline(\"" + configured + "\").",
                null);
    }

    static InvalidPipelineException notDefined(String pipeline, DefiningBean bean, RuntimeException failure) {
        return new InvalidPipelineException(
                "Pipeline '" + pipeline + "' cannot be defined: " + bean + " threw " + failure + " at "
                        + placeIn(bean, failure),
                "Correct the definition there. The stack trace is logged with --debug.",
                failure);
    }

    static InvalidPipelineException incomplete(String pipeline, String definer, IllegalArgumentException refusal) {
        return new InvalidPipelineException(
                "Pipeline '" + pipeline + "', defined by " + definer + ", cannot be started: " + refusal.getMessage(),
                "Correct what " + definer
                        + " defines: a pipeline needs at least one output operation, and names given in"
                        + " it must be unique.",
                refusal);
    }

    /** What to do about it, as a sentence. */
    String remedy() {
        return remedy;
    }

    /** The line in the source of the bean, which may be a lambda expression or a proxy, or else the one that threw. */
    private static String placeIn(DefiningBean bean, RuntimeException failure) {
        List<StackTraceElement> frames = Arrays.asList(failure.getStackTrace());
        String type = bean.type() == null ? "" : bean.type().getName().replaceFirst("\\$\\$.*", "");
        return frames.stream()
                .filter(frame -> frame.getClassName().equals(type))
                .findFirst()
                .or(() -> frames.stream().findFirst())
                .map(StackTraceElement::toString)
                .orElse("an unknown place");
    }
}
