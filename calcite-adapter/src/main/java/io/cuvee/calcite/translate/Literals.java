package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.TypeSystem;
import io.cuvee.calcite.catalog.Types;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

/// Calcite's literals in our form.
final class Literals {
  static final Expression TRUE = new Expression.Literal(1L, ColumnType.BOOLEAN);
  static final Expression FALSE = new Expression.Literal(0L, ColumnType.BOOLEAN);
  static final Expression UNKNOWN = new Expression.Literal(null, ColumnType.BOOLEAN);

  private Literals() {}

  static Expression of(RexLiteral literal) {
    ColumnType type = Types.columnType(literal.getType());
    return new Expression.Literal(literal.isNull() ? null : value(literal, type), type);
  }

  static Expression text(String text) {
    return new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  static Expression integer(long value) {
    return new Expression.Literal(value, ColumnType.LONG);
  }

  /// A value of the type that stands for nothing in particular: zero, or the empty text.
  static Expression zero(ColumnType type) {
    Object value =
        switch (type.dataType()) {
          case INT, LONG, BOOLEAN, TIMESTAMP, DATE, TIME -> (Object) 0L;
          case FLOAT, DOUBLE -> 0.0;
          case BIG_DECIMAL -> BigDecimal.ZERO;
          case STRING, JSON, BYTES -> new byte[0];
          case UUID -> new byte[16];
        };
    return new Expression.Literal(type.isArray() ? List.of() : value, type);
  }

  private static @Nullable Object value(RexLiteral literal, ColumnType type) {
    if (type.isArray()) {
      List<?> elements = Objects.requireNonNull(literal.getValueAs(List.class));
      List<@Nullable Object> values = new ArrayList<>(elements.size());
      for (Object element : elements) {
        values.add(
            of((RexLiteral) element) instanceof Expression.Literal inner ? inner.value() : null);
      }
      return values;
    }
    return switch (type.dataType()) {
      case INT, LONG -> integer(literal);
      case FLOAT -> (double) Objects.requireNonNull(literal.getValueAs(Double.class)).floatValue();
      case DOUBLE -> literal.getValueAs(Double.class);
      case BIG_DECIMAL -> decimal(literal);
      case BOOLEAN -> Boolean.TRUE.equals(literal.getValueAs(Boolean.class)) ? 1L : 0L;
      case TIMESTAMP ->
          // In VALUES, beside a TIMESTAMP.
          literal.getTypeName() == SqlTypeName.DATE
              ? (Object) TimeUnit.DAYS.toMillis(number(literal))
              : literal.getValueAs(Long.class);
      case DATE, TIME -> number(literal);
      case STRING, JSON ->
          Objects.requireNonNull(literal.getValueAs(String.class)).getBytes(StandardCharsets.UTF_8);
      case UUID -> {
        UUID uuid = Objects.requireNonNull(literal.getValueAs(UUID.class));
        yield ByteBuffer.allocate(16)
            .putLong(uuid.getMostSignificantBits())
            .putLong(uuid.getLeastSignificantBits())
            .array();
      }
      case BYTES -> Objects.requireNonNull(literal.getValueAs(ByteString.class)).getBytes();
    };
  }

  /// Days of a date, or milliseconds of a time.
  private static long number(RexLiteral literal) {
    return Objects.requireNonNull(literal.getValueAs(Integer.class));
  }

  private static @Nullable BigDecimal decimal(RexLiteral literal) {
    BigDecimal value = literal.getValueAs(BigDecimal.class);
    boolean padded =
        value != null
            && value.scale() == TypeSystem.DECIMAL_SCALE
            && literal.getType().getScale() == TypeSystem.DECIMAL_SCALE;
    // Calcite gives a literal the scale of the column that it is compared with.
    return padded ? value.setScale(Math.max(0, value.stripTrailingZeros().scale())) : value;
  }

  private static Long integer(RexLiteral literal) {
    BigDecimal value = Objects.requireNonNull(literal.getValueAs(BigDecimal.class));
    try {
      return value.longValueExact();
    } catch (ArithmeticException e) {
      throw new CuveeException(
          ErrorCode.NUMERIC_OVERFLOW, "The number " + value + " does not fit an integer type.", e);
    }
  }
}
