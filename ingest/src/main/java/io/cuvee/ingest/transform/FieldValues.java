package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.ingest.transform.IngestionRules.Rejected;
import java.math.BigDecimal;
import java.util.Objects;

/// Values that were computed, as those of a field.
final class FieldValues {
  private FieldValues() {}

  /// Converts without losing anything; NULL becomes the field's default, if it has one.
  ///
  /// @param type of the values
  /// @param rejected is told of rows whose value does not fit
  static Values of(FieldSpec field, ColumnType type, Values values, Rejected rejected) {
    boolean isNullable = field.defaultValue() == null && !field.notNull();
    if (type.equals(field.type()) && (isNullable || !values.mayHaveNulls())) {
      return values;
    }
    FieldWriter writer = new FieldWriter(field, values.count());
    for (int row = 0; row < values.count(); row++) {
      try {
        write(writer, type, values, row);
      } catch (CuveeException e) {
        writer.truncate(row);
        writer.writeNothing();
        rejected.reject(row, String.valueOf(e.getMessage()));
      }
    }
    return writer.take();
  }

  /// In each row the first, unless it is NULL.
  static Values either(FieldSpec field, Values first, Values second) {
    ValuesBuilder values = ValuesBuilder.of(field.type(), first.count());
    for (int row = 0; row < first.count(); row++) {
      values.append(first.isNull(row) ? second : first, row);
    }
    return values.build();
  }

  private static void write(FieldWriter writer, ColumnType type, Values values, int row) {
    if (values.isNull(row)) {
      writer.writeNull();
    } else if (values instanceof ArrayValues arrays) {
      writer.beginArray();
      for (int i = arrays.offsets()[row]; i < arrays.offsets()[row + 1]; i++) {
        writeScalar(writer, type, arrays.elements(), i);
      }
      writer.endArray();
    } else {
      writeScalar(writer, type, values, row);
    }
  }

  private static void writeScalar(FieldWriter writer, ColumnType type, Values values, int row) {
    Object value = Objects.requireNonNull(values.get(row));
    switch (type.dataType()) {
      case INT, LONG -> writer.writeLong((Long) value);
      case BOOLEAN -> writer.writeBoolean((Long) value != 0);
      case TIMESTAMP ->
          writer.writeInstant(
              Math.floorDiv((Long) value, 1000L),
              Math.toIntExact(Math.floorMod((Long) value, 1000L)) * 1_000_000);
      case DATE -> writer.writeDays((Long) value);
      case TIME -> writer.writeText(TextForms.text(value, type));
      case FLOAT, DOUBLE -> writer.writeDouble((Double) value);
      case BIG_DECIMAL -> writer.writeDecimal((BigDecimal) value);
      case STRING, JSON -> writer.writeUtf8((byte[]) value, 0, ((byte[]) value).length);
      case UUID, BYTES -> writer.writeBinary((byte[]) value);
    }
  }
}
