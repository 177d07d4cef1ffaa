package io.dstream.boot.autoconfigure;

import io.dstream.storage.DamagedFileException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells what can be done about a file that is not as it was written. */
final class DamagedFileFailureAnalyzer extends AbstractFailureAnalyzer<DamagedFileException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, DamagedFileException cause) {
        return new FailureAnalysis(
                cause.getMessage() + ".",
                "Nothing was written. Restore the directory of the pipeline as a whole. Without a copy, move it away: the"
                        + " pipeline then begins with empty states, and where its inputs begin.",
                cause);
    }
}
