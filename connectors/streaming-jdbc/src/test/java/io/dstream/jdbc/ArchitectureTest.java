package io.dstream.jdbc;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What need not be on the class path of those who use a part of the module. */
@AnalyzeClasses(packages = "io.dstream.jdbc", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final DescribedPredicate<JavaClass> KAFKA =
            resideInAnyPackage("io.dstream.kafka..", "org.apache.kafka..").as("classes of Kafka");

    private static final DescribedPredicate<JavaClass> OFFSETS = resideInAPackage("io.dstream.jdbc")
            .and(DescribedPredicate.describe(
                    "with offsets in their name", type -> type.getName().contains("Offset")));

    @ArchTest
    static final ArchRule onlyTheStoreOfOffsetsNeedsKafka =
            noClasses().that(not(OFFSETS)).should().dependOnClassesThat(KAFKA.or(OFFSETS));
}
