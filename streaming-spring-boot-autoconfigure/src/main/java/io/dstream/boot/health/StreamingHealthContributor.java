package io.dstream.boot.health;

import io.dstream.StreamingContext;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

/**
 * The health of every pipeline there is, by its name.
 *
 * <p>Thread-safe.
 */
public final class StreamingHealthContributor implements CompositeHealthContributor {

    private final StreamingContext root;

    /**
     * @param root the root context of the pipelines
     */
    public StreamingHealthContributor(StreamingContext root) {
        this.root = root;
    }

    @Override
    public @Nullable HealthContributor getContributor(String name) {
        return root.pipelines().stream()
                .filter(pipeline -> pipeline.name().equals(name))
                .findFirst()
                .map(PipelineHealthIndicator::new)
                .orElse(null);
    }

    @Override
    public Stream<HealthContributors.Entry> stream() {
        return root.pipelines().stream()
                .map(pipeline -> new HealthContributors.Entry(pipeline.name(), new PipelineHealthIndicator(pipeline)));
    }
}
