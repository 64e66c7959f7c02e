package io.cuvee.broker.system;

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
    int precision =
        switch (type) {
          case INT, DATE -> 10;
          case LONG -> 19;
          case FLOAT -> 7;
          case DOUBLE -> 15;
          case BIG_DECIMAL -> 38;
          case BOOLEAN -> 1;
          case TIMESTAMP -> 23;
          case TIME -> 12;
          case UUID -> 36;
          case STRING, JSON, BYTES -> MAX_TEXT;
        };
    return new TypeFacts(type.sqlName(), precision);
  }

  /// The digits after the point that metadata tells of a type; of floating point all digits, as
  /// JDBC's DECIMAL_DIGITS has it.
  public static @Nullable Integer digits(DataType type) {
    return switch (type) {
      case INT, LONG, BIG_DECIMAL -> 0;
      case FLOAT -> 7;
      case DOUBLE -> 15;
      case TIMESTAMP, TIME -> 3;
      case BOOLEAN, DATE, STRING, JSON, UUID, BYTES -> null;
    };
  }
}
