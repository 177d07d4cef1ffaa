package io.dstream.boot.autoconfigure;

import io.dstream.StreamingConfig;

/**
 * Changes the configuration of the auto-configured root context; all beans of this type are called, in their order. Not
 * called if the application has a {@link StreamingConfig} bean of its own.
 */
@FunctionalInterface
public interface StreamingConfigCustomizer {

    /**
     * Called once, before the context is made.
     *
     * @param config as the properties and the customizers before say
     * @return the configuration to use
     */
    StreamingConfig customize(StreamingConfig config);
}
