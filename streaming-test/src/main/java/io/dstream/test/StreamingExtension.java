package io.dstream.test;

import io.dstream.StreamingConfig;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives every test a {@link TestStreamingContext} of its own, as a parameter of the test class's constructor, of the test
 * method and of the methods before and after each test; closes it after the test. A test that fails is told with the
 * batches that were run.
 *
 * <pre>{@code
 * @ExtendWith(StreamingExtension.class)
 * class WordCountTest {
 *
 *     @Test
 *     void wordsAreCounted(TestStreamingContext test) {
 *         TestInput<String> lines = test.input();
 *         ...
 *     }
 * }
 * }</pre>
 *
 * <p>Registered as a field it gives contexts with another configuration; a field that is not static comes too late for the
 * constructor.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final StreamingExtension streaming =
 *         new StreamingExtension(config -> config.withBatchInterval(Duration.ofMinutes(1)));
 * }</pre>
 */
public final class StreamingExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace NAMESPACE = Namespace.create(StreamingExtension.class);

    private final UnaryOperator<StreamingConfig> change;

    /**
     * Gives contexts as {@link TestStreamingContext#TestStreamingContext()} makes them, and allows object files to have
     * classes of the package of the test class.
     */
    public StreamingExtension() {
        this(config -> config);
    }

    /**
     * Gives contexts with another configuration.
     *
     * @param change gets that of {@link #StreamingExtension()} and returns the one to use; the clock stays
     */
    public StreamingExtension(UnaryOperator<StreamingConfig> change) {
        this.change = change;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TestStreamingContext.class;
    }

    /**
     * The context of the test, made when it is first asked for and closed with the store it is in.
     *
     * @throws ParameterResolutionException where there is no test, as in a method before all tests
     */
    @Override
    public TestStreamingContext resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            throw new ParameterResolutionException(
                    "A TestStreamingContext belongs to one test: take it as a parameter of"
                            + " the test, of a @BeforeEach or @AfterEach method, or of the constructor of a class with an instance"
                            + " for each test");
        }
        return context.getStore(NAMESPACE)
                .computeIfAbsent(
                        TestStreamingContext.class,
                        key -> new TestStreamingContext(config -> change.apply(withPackageOf(context, config))),
                        TestStreamingContext.class);
    }

    private static StreamingConfig withPackageOf(ExtensionContext context, StreamingConfig config) {
        String own = context.getRequiredTestClass().getPackageName();
        return own.isEmpty() ? config : config.withAllowedPackages(own);
    }

    /** Lets a constructor have the context of the test for which it makes the instance. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        TestStreamingContext test =
                context.getStore(NAMESPACE).get(TestStreamingContext.class, TestStreamingContext.class);
        if (test != null) {
            context.getExecutionException().ifPresent(test::addBatchesTo);
        }
    }
}
