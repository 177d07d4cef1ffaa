package io.dstream.boot.autoconfigure;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** What the properties of single pipelines are called. */
final class PipelineProperty {

    private static final String PREFIX = "streaming.pipelines";

    private PipelineProperty() {}

    /** What a pipeline's properties begin with: {@code streaming.pipelines.orders.} or {@code streaming.pipelines[Orders].} */
    static String prefix(String pipeline) {
        boolean plain = !pipeline.contains(".") && ConfigurationPropertyName.isValid(pipeline);
        return plain ? PREFIX + "." + pipeline + "." : PREFIX + "[" + pipeline + "].";
    }
}
