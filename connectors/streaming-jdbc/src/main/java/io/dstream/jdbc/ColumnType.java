package io.dstream.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column as it is in the database, and how values get into it.
 *
 * <p>Immutable.
 *
 * @param name as the database has it
 * @param type of {@link Types}
 * @param typeName what the database calls the type
 * @param takesText whether the database finds out by itself what a text is, such as JSON or a value of its own enum
 */
record ColumnType(String name, int type, String typeName, boolean takesText) {

    void set(PreparedStatement statement, int index, @Nullable Object value) throws SQLException {
        Object written = written(value);
        if (written == null) {
            statement.setNull(index, type);
        } else if (written instanceof String && takesText) {
            statement.setObject(index, written, Types.OTHER);
        } else {
            statement.setObject(index, written);
        }
    }

    private @Nullable Object written(@Nullable Object value) {
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof Character character) {
            return character.toString();
        }
        if (value instanceof Instant instant) {
            return hasZone() ? instant.atOffset(ZoneOffset.UTC) : LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        }
        return value instanceof ZonedDateTime time ? time.toOffsetDateTime() : value;
    }

    private boolean hasZone() {
        String lower = typeName.toLowerCase(Locale.ROOT);
        return type == Types.TIMESTAMP_WITH_TIMEZONE || lower.equals("timestamptz");
    }
}
