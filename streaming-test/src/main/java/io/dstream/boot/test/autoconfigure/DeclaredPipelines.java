package io.dstream.boot.test.autoconfigure;

import io.dstream.boot.StreamPipeline;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/** The names of the pipelines that the classes of an application declare. */
final class DeclaredPipelines {

    private DeclaredPipelines() {}

    /** Those of a class: the one that it is, or those of its bean methods. */
    static List<String> of(AnnotationMetadata type) {
        return Stream.concat(
                        Stream.of(type.getAnnotations()),
                        type.getAnnotatedMethods(StreamPipeline.class.getName()).stream()
                                .map(AnnotatedTypeMetadata::getAnnotations))
                .map(DeclaredPipelines::pipeline)
                .filter(MergedAnnotation::isPresent)
                .map(pipeline -> pipeline.getString(MergedAnnotation.VALUE))
                .toList();
    }

    /** Those in the packages of an application, also those that a test has not chosen. */
    static SortedSet<String> in(BeanFactory application) {
        SortedSet<String> names = new TreeSet<>();
        if (AutoConfigurationPackages.has(application)) {
            ClassPathScanningCandidateComponentProvider scanner = scanner();
            AutoConfigurationPackages.get(application).stream()
                    .flatMap(name -> scanner.findCandidateComponents(name).stream())
                    .map(AnnotatedBeanDefinition.class::cast)
                    .forEach(type -> names.addAll(of(type.getMetadata())));
        }
        return names;
    }

    private static ClassPathScanningCandidateComponentProvider scanner() {
        ClassPathScanningCandidateComponentProvider scanner = new ClassPathScanningCandidateComponentProvider(false);
        scanner.addIncludeFilter(
                (type, types) -> !of(type.getAnnotationMetadata()).isEmpty());
        scanner.addExcludeFilter(new AnnotationTypeFilter(TestConfiguration.class)); // which belongs to one test
        return scanner;
    }

    private static MergedAnnotation<StreamPipeline> pipeline(MergedAnnotations annotations) {
        return annotations.get(StreamPipeline.class);
    }
}
