package io.dstream.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** Tells a value that cannot be used by its property, where it was set, and what was expected. */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidPropertyException> {

    private final Environment environment;

    InvalidPropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidPropertyException cause) {
        String name = cause.property();
        ConfigurationProperty property = find(name);
        String value = property == null ? "The value" : "The value " + describe(property);
        return new FailureAnalysis(
                value + " of property '" + name + "' cannot be used: " + cause.expectation() + ".",
                "Change '" + name + "', or remove it to have the default.",
                cause);
    }

    /** Looks for the property as binding does, so that it is found however it is written. */
    private @Nullable ConfigurationProperty find(String name) {
        ConfigurationPropertyName canonical = ConfigurationPropertyName.of(name);
        for (var source : ConfigurationPropertySources.get(environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(canonical);
            if (property != null) {
                return property;
            }
        }
        return null;
    }

    private static String describe(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return "'" + property.getValue() + "'" + (origin == null ? "" : " (originating from " + origin + ")");
    }
}
