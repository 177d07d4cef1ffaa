package io.dstream.test;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What need not be on the class path of those who use a part of the kit. */
@AnalyzeClasses(packages = "io.dstream.test", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule theKitNeedsNoSpring = noClasses()
            .that()
            .resideInAPackage("io.dstream.test")
            .should()
            .dependOnClassesThat(resideInAPackage("org.springframework..").or(resideInAPackage("io.dstream.boot..")));

    @ArchTest
    static final ArchRule onlyTheExtensionNeedsJUnit = noClasses()
            .that()
            .resideInAPackage("io.dstream.test")
            .and()
            .doNotHaveSimpleName("StreamingExtension")
            .should()
            .dependOnClassesThat(resideInAPackage("org.junit.."));
}
