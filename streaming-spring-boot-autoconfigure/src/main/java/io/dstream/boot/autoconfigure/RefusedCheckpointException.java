package io.dstream.boot.autoconfigure;

import java.util.List;

/** Pipelines would not start, because their code does not fit their checkpoints. */
final class RefusedCheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> reasons;

    RefusedCheckpointException(List<String> reasons) {
        super(String.join("; ", reasons));
        this.reasons = List.copyOf(reasons);
    }

    /** Each with what to do. */
    List<String> reasons() {
        return reasons;
    }
}
