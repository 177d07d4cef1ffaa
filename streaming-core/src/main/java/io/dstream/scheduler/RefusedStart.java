package io.dstream.scheduler;

import io.dstream.function.MisconfigurationException;
import io.dstream.function.StreamingException;

/** What to throw if an input or output of a pipeline does not start. */
final class RefusedStart {

    private RefusedStart() {}

    /**
     * With the remedy, if the failure has one.
     *
     * @param part such as {@code Input 'kafka-0' of pipeline 'orders'}
     */
    static StreamingException of(String part, Exception failure) {
        if (failure instanceof MisconfigurationException mistake) {
            String problem = mistake.problem();
            return new MisconfigurationException(
                    problem.startsWith(part) ? problem : part + " does not start: " + problem,
                    mistake.remedy(),
                    failure);
        }
        return new StreamingException(part + " does not start: " + failure.getMessage(), failure);
    }
}
