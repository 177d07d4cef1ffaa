package io.dstream;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Instant;

/** The rooms of the house and which of them may know which. */
@AnalyzeClasses(packages = "io.dstream", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.dstream.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule roomsKnowOnlyTheRoomsBelow = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("4 api")
            .definedBy("io.dstream")
            .layer("3 scheduler")
            .definedBy("io.dstream.scheduler")
            .layer("2 parts")
            .definedBy("io.dstream.graph", "io.dstream.receiver", "io.dstream.local")
            .layer("1 SPIs")
            .definedBy("io.dstream.input", "io.dstream.output", "io.dstream.engine", "io.dstream.state")
            .layer("0 ground")
            .definedBy(
                    "io.dstream.rdd",
                    "io.dstream.storage",
                    "io.dstream.event",
                    "io.dstream.time",
                    "io.dstream.function")
            .whereLayer("4 api")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("3 scheduler")
            .mayOnlyBeAccessedByLayers("4 api")
            .whereLayer("2 parts")
            .mayOnlyBeAccessedByLayers("3 scheduler", "4 api")
            .whereLayer("1 SPIs")
            .mayOnlyBeAccessedByLayers("2 parts", "3 scheduler", "4 api")
            .whereLayer("0 ground")
            .mayOnlyBeAccessedByLayers("1 SPIs", "2 parts", "3 scheduler", "4 api");

    @ArchTest
    static final ArchRule everyRoomIsOnThePlan = classes()
            .should()
            .resideInAnyPackage(
                    "io.dstream",
                    "io.dstream.scheduler",
                    "io.dstream.graph",
                    "io.dstream.receiver",
                    "io.dstream.local",
                    "io.dstream.input",
                    "io.dstream.output",
                    "io.dstream.engine",
                    "io.dstream.state",
                    "io.dstream.rdd",
                    "io.dstream.storage",
                    "io.dstream.event",
                    "io.dstream.time",
                    "io.dstream.function");

    @ArchTest
    static final ArchRule theSchedulerKnowsNoReceiver = noClasses()
            .that()
            .resideInAPackage("io.dstream.scheduler")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.dstream.receiver", "io.dstream.local");

    @ArchTest
    static final ArchRule nothingBelowTheRootKnowsContextOrConfiguration = noClasses()
            .that()
            .resideOutsideOfPackage("io.dstream")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.dstream");

    @ArchTest
    static final ArchRule thereIsNoSpringInTheCore =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.springframework..");

    @ArchTest
    static final ArchRule timeComesFromTheStreamClockOnly = noClasses()
            .that()
            .resideOutsideOfPackage("io.dstream.time")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class);
}
