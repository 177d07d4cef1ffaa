package io.dstream.boot.autoconfigure;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Lets every pipeline be defined when all singletons are there, so that a mistake fails the start of the application even
 * where the pipeline is not started with it.
 */
final class PipelineDefiner implements SmartInitializingSingleton {

    private final ObjectProvider<DefinedPipeline> pipelines;
    private final StreamingProperties properties;

    PipelineDefiner(ObjectProvider<DefinedPipeline> pipelines, StreamingProperties properties) {
        this.pipelines = pipelines;
        this.properties = properties;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<DefinedPipeline> all = pipelines.stream().toList();
        requirePipelinesOfProperties(all.stream().map(DefinedPipeline::name).toList());
        all.forEach(DefinedPipeline::define);
    }

    private void requirePipelinesOfProperties(List<String> names) {
        for (String configured : properties.pipelines().keySet()) {
            if (!names.contains(configured)) {
                throw InvalidPipelineException.propertiesOfNone(configured, names);
            }
        }
    }
}
