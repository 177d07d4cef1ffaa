package io.dstream.jdbc;

import io.dstream.function.MisconfigurationException;
import io.dstream.function.StreamingException;
import io.dstream.output.SinkContext;
import io.dstream.output.SinkUnavailableException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;

/**
 * Tells failures of the surroundings from others.
 *
 * <p>Immutable.
 */
final class SqlFailures {

    /** The first two digits of states: connections, transactions rolled back, resources, interventions, the system. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "40", "53", "57", "58");

    /**
     * States beside: locks that were waited for too long, idle transactions that were ended, statements that took too long, a server
     * that does not take writes now.
     */
    private static final Set<String> AWAY = Set.of("55P03", "HYT00", "HYT01", "25P03", "70100", "25006");

    /** The same, of errors of MariaDB and MySQL whose state says nothing. */
    private static final Set<Integer> AWAY_CODES = Set.of(1205, 1290, 1836);

    /** No wrong name, password or database gets right by itself, nor does a constraint that the commit has found violated. */
    private static final Set<String> NEVER_AWAY = Set.of("28000", "28P01", "3D000", "40002");

    private static final SQLExceptionTranslator TRANSLATOR = new SQLExceptionSubclassTranslator();

    private final String output;

    SqlFailures(SinkContext context) {
        this.output = "'" + context.output() + "' of pipeline '" + context.pipeline() + "'";
    }

    /**
     * What to throw.
     *
     * @param what was tried
     * @param failure what it has met
     * @return for the surroundings a {@link SinkUnavailableException}, for anything else of the database a {@link DataAccessException};
     *     what is not of the database as it is
     */
    RuntimeException of(String what, Exception failure) {
        SQLException cause = cause(failure);
        if (cause == null) {
            return failure instanceof RuntimeException unchecked
                    ? unchecked
                    : new IllegalStateException(failure); // not reached: what is checked is of SQL
        }
        if (isAway(failure)) {
            return new SinkUnavailableException(
                    "The database of output " + output + " is away or busy, " + what + ": " + message(failure, cause),
                    failure);
        }
        return failure instanceof RuntimeException unchecked ? unchecked : translated(what, cause);
    }

    /**
     * What to throw at the start.
     *
     * @param failure what the opening has met
     * @return for the surroundings a {@link SinkUnavailableException}, for anything else of the database a {@link
     *     MisconfigurationException}; what is not of the database as it is
     */
    RuntimeException ofOpening(Exception failure) {
        SQLException cause = cause(failure);
        if (cause == null || failure instanceof MisconfigurationException || isAway(failure)) {
            return of("opening", failure);
        }
        boolean isAccess = failures(failure).map(SqlFailures::state).anyMatch(NEVER_AWAY::contains);
        return new MisconfigurationException(
                "Output " + output + " is refused by its database: " + message(failure, cause),
                isAccess
                        ? "Correct the DataSource: spring.datasource.url, username and password"
                        : "Correct the statement, the table or the DataSource (spring.datasource.*), or give its user the rights to"
                                + " select, insert and update in the table and in that of the keys of batches",
                failure);
    }

    private DataAccessException translated(String what, SQLException cause) {
        String task = "Output " + output + ", " + what;
        @Nullable DataAccessException translated = TRANSLATOR.translate(task, null, cause);
        return Objects.requireNonNullElseGet(translated, () -> new UncategorizedSQLException(task, null, cause));
    }

    private static String message(Exception failure, SQLException cause) {
        String outer = String.valueOf(failure.getMessage());
        String inner = String.valueOf(cause.getMessage());
        return outer.contains(inner) ? outer : outer + " (" + inner + ")";
    }

    /** The failure of SQL that tells most; null if there is none. */
    private static @Nullable SQLException cause(Exception failure) {
        return failures(failure)
                .filter(candidate ->
                        !(candidate instanceof BatchUpdateException) || candidate.getNextException() == null)
                .findFirst()
                .orElse(null);
    }

    /** Whether the database is away or busy, so that the same may go well later. */
    static boolean isAway(Exception failure) {
        List<SQLException> failures = failures(failure).toList();
        return failures.stream().noneMatch(sql -> NEVER_AWAY.contains(state(sql)))
                && failures.stream().anyMatch(SqlFailures::tellsAway);
    }

    private static boolean tellsAway(SQLException failure) {
        String state = state(failure);
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || AWAY_CLASSES.contains(state.substring(0, Math.min(2, state.length())))
                || AWAY.contains(state)
                || AWAY_CODES.contains(failure.getErrorCode());
    }

    /** Those among the causes, and what a batch of statements has met. */
    private static Stream<SQLException> failures(Throwable failure) {
        return StreamingException.causes(failure)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast)
                .flatMap(sql ->
                        sql.getNextException() == null ? Stream.of(sql) : Stream.of(sql, sql.getNextException()));
    }

    private static String state(SQLException failure) {
        return String.valueOf(failure.getSQLState());
    }
}
