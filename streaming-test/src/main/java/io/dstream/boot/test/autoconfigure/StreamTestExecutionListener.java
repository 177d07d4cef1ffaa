package io.dstream.boot.test.autoconfigure;

import io.dstream.test.TestStreamingContext;
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
            addBatches(scope, testContext.getTestException());
            scope.reset();
            // for an instance that has more test methods
            testContext.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE, true);
        }
    }

    private static void addBatches(StreamTestScope scope, @Nullable Throwable failure) {
        if (failure != null) {
            scope.beans().stream()
                    .filter(TestStreamingContext.class::isInstance)
                    .map(TestStreamingContext.class::cast)
                    .forEach(test -> test.addBatchesTo(failure));
        }
    }
}
