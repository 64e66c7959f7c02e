package io.cuvee.broker.system;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import org.jspecify.annotations.Nullable;

/// What metadata says of a type, over JDBC and in `information_schema` alike.
///
/// @param name in SQL
/// @param precision digits, characters or bytes at most
public record TypeFacts(String name, int precision) {
  private static final int MAX_TEXT = Integer.MAX_VALUE;

  /// Of a scalar type.
  public static TypeFacts of(DataType type) {
    return switch (type) {
      case INT -> new TypeFacts("INTEGER", 10);
      case LONG -> new TypeFacts("BIGINT", 19);
      case FLOAT -> new TypeFacts("REAL", 7);
      case DOUBLE -> new TypeFacts("DOUBLE", 15);
      case BIG_DECIMAL -> new TypeFacts("DECIMAL", 38);
      case BOOLEAN -> new TypeFacts("BOOLEAN", 1);
      case TIMESTAMP -> new TypeFacts("TIMESTAMP", 23);
      case DATE -> new TypeFacts("DATE", 10);
      case STRING -> new TypeFacts("VARCHAR", MAX_TEXT);
      case JSON -> new TypeFacts("JSON", MAX_TEXT);
      case UUID -> new TypeFacts("UUID", 36);
      case BYTES -> new TypeFacts("VARBINARY", MAX_TEXT);
    };
  }

  /// The name of a scalar or array type.
  public static String nameOf(ColumnType type) {
    String name = of(type.dataType()).name();
    return type.isArray() ? name + " ARRAY" : name;
  }

  /// The digits after the point that metadata tells of a type; of floating point all digits, as
  /// JDBC's DECIMAL_DIGITS has it.
  public static @Nullable Integer digits(DataType type) {
    return switch (type) {
      case INT, LONG, BIG_DECIMAL -> 0;
      case FLOAT -> 7;
      case DOUBLE -> 15;
      case TIMESTAMP -> 3;
      case BOOLEAN, DATE, STRING, JSON, UUID, BYTES -> null;
    };
  }
}
