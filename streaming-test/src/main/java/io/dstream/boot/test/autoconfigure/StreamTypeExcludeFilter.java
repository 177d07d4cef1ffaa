package io.dstream.boot.test.autoconfigure;

import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.classreading.MetadataReader;
import org.springframework.core.type.classreading.MetadataReaderFactory;

/** Keeps component scanning from finding anything but the pipelines of a {@link StreamTest}. */
final class StreamTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<StreamTest> {

    private final Set<String> pipelines; // empty: all

    StreamTypeExcludeFilter(Class<?> testClass) {
        super(testClass);
        this.pipelines =
                Set.of(getAnnotation().getValue("pipelines", String[].class).orElseGet(() -> new String[0]));
    }

    @Override
    protected boolean defaultInclude(MetadataReader type, MetadataReaderFactory types) throws IOException {
        return super.defaultInclude(type, types) || declaresPipeline(type.getAnnotationMetadata());
    }

    private boolean declaresPipeline(AnnotationMetadata type) {
        return DeclaredPipelines.of(type).stream().anyMatch(this::isChosen);
    }

    private boolean isChosen(String pipeline) {
        return pipelines.isEmpty() || pipelines.contains(pipeline);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return super.equals(other)
                && other instanceof StreamTypeExcludeFilter filter
                && filter.pipelines.equals(pipelines);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), pipelines);
    }
}
