package io.dstream.boot.test.autoconfigure;

import io.dstream.test.TestStreamingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/** Ends what a test method of a {@link StreamTest} has used, and tells one that has failed with the batches that were run. */
final class StreamTestExecutionListener implements TestExecutionListener {

    @Override
    public void afterTestMethod(TestContext testContext) {
        StreamTestScope scope =
                testContext.hasApplicationContext() ? StreamTestScope.of(testContext.getApplicationContext()) : null;
        if (scope != null) {
            List<TestStreamingContext> contexts = contexts(scope);
            addBatches(contexts, testContext.getTestException());
            // for an instance that has more test methods
            testContext.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE, true);
            try {
                contexts.forEach(TestStreamingContext::close); // Spring would only log that it fails
            } finally {
                scope.reset();
            }
        }
    }

    private static List<TestStreamingContext> contexts(StreamTestScope scope) {
        return scope.beans().stream()
                .filter(TestStreamingContext.class::isInstance)
                .map(TestStreamingContext.class::cast)
                .toList();
    }

    private static void addBatches(List<TestStreamingContext> contexts, @Nullable Throwable failure) {
        if (failure != null) {
            contexts.forEach(test -> test.addBatchesTo(failure));
        }
    }
}
