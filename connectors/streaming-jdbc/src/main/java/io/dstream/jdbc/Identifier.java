package io.dstream.jdbc;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The name of a table, or of a column, which has no qualifier.
 *
 * <p>Immutable.
 *
 * @param qualifier its schema, or its database in MariaDB and MySQL; null if it is the current one
 * @param name without quotes
 */
record Identifier(@Nullable String qualifier, String name) {

    private static final String WORD = "[\\p{L}_][\\p{L}\\p{N}_$-]{0,127}";
    private static final Pattern QUALIFIED = Pattern.compile("(?:(" + WORD + ")\\.)?(" + WORD + ")");

    /**
     * Takes a name apart.
     *
     * @param argument where it was given
     * @throws IllegalArgumentException if it is none
     */
    static Identifier of(String argument, @Nullable String text) {
        Matcher matcher = QUALIFIED.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + argument + "' must be a name, or two with a dot between them, of"
                    + " letters, digits, '_', '$' and '-', beginning with a letter or '_', but was '" + text + "'");
        }
        return new Identifier(matcher.group(1), matcher.group(2));
    }

    /**
     * Makes sure that a column can be called so.
     *
     * @param argument where the name was given
     * @throws IllegalArgumentException if it cannot
     */
    static String requireColumn(String argument, @Nullable String name) {
        Identifier identifier = of(argument, name);
        if (identifier.qualifier != null) {
            throw new IllegalArgumentException(
                    "'" + argument + "' must be the name of a column, without a table, but was '" + name + "'");
        }
        return identifier.name;
    }

    /** What it may be called in the database: as SQL without quotes would have it, then as it was given. */
    List<Identifier> candidates(DatabaseMetaData database) throws SQLException {
        return Stream.of(folded(database), this).distinct().toList();
    }

    private Identifier folded(DatabaseMetaData database) throws SQLException {
        if (database.storesUpperCaseIdentifiers()) {
            return new Identifier(
                    qualifier == null ? null : qualifier.toUpperCase(Locale.ROOT), name.toUpperCase(Locale.ROOT));
        }
        return database.storesLowerCaseIdentifiers()
                ? new Identifier(
                        qualifier == null ? null : qualifier.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT))
                : this;
    }

    /** In quotes, so that it may be a word of SQL; no quote is in it. */
    String quoted(String quote) {
        String table = quote + name + quote;
        return qualifier == null ? table : quote + qualifier + quote + "." + table;
    }

    @Override
    public String toString() {
        return qualifier == null ? name : qualifier + "." + name;
    }
}
