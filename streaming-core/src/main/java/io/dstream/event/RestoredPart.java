package io.dstream.event;

/**
 * What becomes of an operator with states or windows when a pipeline goes on from its checkpoint directory.
 *
 * @param id its id; several if they belong together
 * @param kind its kind, such as {@code mapWithState}
 * @param outcome what becomes of it
 * @param detail why, or with what; for people
 */
public record RestoredPart(String id, String kind, Outcome outcome, String detail) {

    /** What may become of an operator. */
    public enum Outcome {

        /** It goes on with what was kept of it. */
        KEPT,

        /** It begins empty. */
        EMPTY,

        /** The code does not have it; what was kept of it stays for a while. */
        ABSENT,

        /** The pipeline does not start. */
        REFUSED
    }

    @Override
    public String toString() {
        String what =
                switch (outcome) {
                    case KEPT -> "goes on";
                    case EMPTY -> "begins empty";
                    case ABSENT -> "is absent";
                    case REFUSED -> "is refused";
                };
        return kind + " '" + id + "' " + what + ": " + detail;
    }
}
