package io.cuvee.common.catalog;

import io.cuvee.common.type.ColumnType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A column of a schema.
///
/// @param role what the schema file calls it; storage and queries treat all roles alike
/// @param notNull whether a row without a value is refused
/// @param defaultValue fills a missing value, in the text or JSON form of the schema file; absent
///   leaves it NULL
/// @param format of date-time fields, as `EPOCH|MILLISECONDS|1`, `TIMESTAMP` or
///   `SIMPLE_DATE_FORMAT|pattern`; else absent
/// @param granularity of date-time fields, as `MILLISECONDS|1`; else absent
public record FieldSpec(
    String name,
    ColumnType type,
    Role role,
    boolean notNull,
    @Nullable String defaultValue,
    @Nullable String format,
    @Nullable String granularity) {
  public enum Role {
    DIMENSION,
    METRIC,
    DATE_TIME
  }

  public static FieldSpec dimension(String name, ColumnType type) {
    return new FieldSpec(name, type, Role.DIMENSION, false, null, null, null);
  }

  public Optional<String> defaultText() {
    return Optional.ofNullable(defaultValue);
  }
}
