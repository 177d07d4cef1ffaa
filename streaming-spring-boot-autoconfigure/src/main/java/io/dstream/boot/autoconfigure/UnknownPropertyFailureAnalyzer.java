package io.dstream.boot.autoconfigure;

import io.dstream.boot.autoconfigure.StreamingProperties.Pipeline;
import java.lang.reflect.RecordComponent;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Tells properties that there are not, where they were set, and what may have been meant. */
@Order(Ordered.HIGHEST_PRECEDENCE) // Spring Boot's own does not know what may have been meant
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("streaming");
    private static final ConfigurationPropertyName PIPELINES = PREFIX.append("pipelines");
    private static final int MAX_SUGGESTIONS = 3;
    private static final int MAX_MISTAKES = 2; // letters

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> unknown = cause.getUnboundProperties().stream()
                .filter(property -> PREFIX.isAncestorOf(property.getName()))
                .toList();
        return unknown.isEmpty()
                ? null
                : new FailureAnalysis(
                        unknown.stream()
                                .map(UnknownPropertyFailureAnalyzer::describe)
                                .collect(Collectors.joining("\n")),
                        "Correct the name or remove the property. The prefix 'streaming' is that of dstream: properties of"
                                + " the application's own need another one.",
                        cause);
    }

    private static String describe(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return "There is no property '" + property.getName() + "'"
                + (origin == null ? "" : " (originating from " + origin + ")") + "." + suggest(property.getName());
    }

    private static String suggest(ConfigurationPropertyName unknown) {
        int pipeline = PIPELINES.getNumberOfElements();
        boolean ofPipeline = PIPELINES.isAncestorOf(unknown) && unknown.getNumberOfElements() > pipeline + 1;
        ConfigurationPropertyName prefix = ofPipeline ? unknown.chop(pipeline + 1) : PREFIX;
        String written = unknown.subName(prefix.getNumberOfElements()).toString();
        String meant = names(ofPipeline ? Pipeline.class : StreamingProperties.class)
                .filter(name -> isLike(written, name))
                .sorted(Comparator.comparingInt(name -> distance(written, name)))
                .limit(MAX_SUGGESTIONS)
                .map(name -> "'" + prefix + "." + name + "'")
                .collect(Collectors.joining(" or "));
        return meant.isEmpty() ? "" : " Did you mean " + meant + "?";
    }

    /** Whether one is the beginning or the end of the other, or a few letters differ. */
    private static boolean isLike(String written, String name) {
        String dotted = written.replace('-', '.');
        return name.replace('-', '.').startsWith(dotted)
                || name.endsWith(written)
                || distance(written, name) <= MAX_MISTAKES;
    }

    /** The names of properties, below a prefix. */
    private static Stream<String> names(Class<?> properties) {
        return Stream.of(properties.getRecordComponents()).flatMap(UnknownPropertyFailureAnalyzer::names);
    }

    private static Stream<String> names(RecordComponent component) {
        String name = DataObjectPropertyName.toDashedForm(component.getName());
        return component.getType().isRecord()
                ? names(component.getType()).map(nested -> name + "." + nested)
                : Stream.of(name);
    }

    /** How many letters have to be added, taken away or replaced (Wagner and Fischer). */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1]; // of the last letter of from, for each beginning of to
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
