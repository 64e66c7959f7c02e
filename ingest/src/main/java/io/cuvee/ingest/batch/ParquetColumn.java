package io.cuvee.ingest.batch;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.ingest.transform.FieldWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.EnumLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.Float16LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.JsonLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.StringLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.UUIDLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.jspecify.annotations.Nullable;

/// A leaf column of a Parquet file: its name as a column of ours, its type, and how its values are
/// handed on. A field of a group is named `group.field`; the element of a list has the list's name.
final class ParquetColumn {
  private static final long JULIAN_DAY_OF_1970 = 2_440_588;

  private final ColumnDescriptor descriptor;
  private final PrimitiveType primitive;
  private final @Nullable LogicalTypeAnnotation logical;
  private final String name;

  ParquetColumn(ColumnDescriptor descriptor) {
    this.descriptor = descriptor;
    this.primitive = descriptor.getPrimitiveType();
    this.logical = primitive.getLogicalTypeAnnotation();
    this.name =
        descriptor.getMaxRepetitionLevel() > 0
            ? descriptor.getPath()[0]
            : String.join(".", descriptor.getPath());
    if (descriptor.getMaxRepetitionLevel() > 1) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "column '" + name + "' is a list of lists. Only lists of plain values can be read.");
    }
  }

  String name() {
    return name;
  }

  ColumnDescriptor descriptor() {
    return descriptor;
  }

  ColumnType type() {
    DataType element =
        switch (primitive.getPrimitiveTypeName()) {
          case BOOLEAN -> DataType.BOOLEAN;
          case INT32 ->
              switch (logical) {
                case DateLogicalTypeAnnotation date -> DataType.DATE;
                case DecimalLogicalTypeAnnotation decimal -> DataType.BIG_DECIMAL;
                case IntLogicalTypeAnnotation number
                    when !number.isSigned() && number.getBitWidth() == 32 ->
                    DataType.LONG;
                case null, default -> DataType.INT;
              };
          case INT64 ->
              switch (logical) {
                case TimestampLogicalTypeAnnotation timestamp -> DataType.TIMESTAMP;
                case DecimalLogicalTypeAnnotation decimal -> DataType.BIG_DECIMAL;
                case IntLogicalTypeAnnotation number
                    when !number.isSigned() && number.getBitWidth() == 64 ->
                    DataType.BIG_DECIMAL;
                case null, default -> DataType.LONG;
              };
          case INT96 -> DataType.TIMESTAMP;
          case FLOAT -> DataType.FLOAT;
          case DOUBLE -> DataType.DOUBLE;
          case BINARY, FIXED_LEN_BYTE_ARRAY ->
              switch (logical) {
                case StringLogicalTypeAnnotation text -> DataType.STRING;
                case EnumLogicalTypeAnnotation text -> DataType.STRING;
                case JsonLogicalTypeAnnotation text -> DataType.JSON;
                case UUIDLogicalTypeAnnotation uuid -> DataType.UUID;
                case DecimalLogicalTypeAnnotation decimal -> DataType.BIG_DECIMAL;
                case Float16LogicalTypeAnnotation half -> DataType.FLOAT;
                case null, default -> DataType.BYTES;
              };
        };
    return new ColumnType(element, descriptor.getMaxRepetitionLevel() > 0);
  }

  /// Hands one row on and moves to the next.
  void write(ColumnReader reader, FieldWriter writer) {
    int present = descriptor.getMaxDefinitionLevel();
    if (descriptor.getMaxRepetitionLevel() == 0) {
      if (reader.getCurrentDefinitionLevel() == present) {
        writeValue(reader, writer);
      } else {
        writer.writeNull();
      }
      reader.consume();
      return;
    }
    // In a list of the usual three levels: 0 is a missing list, 1 an empty one if the list is
    // optional.
    if (reader.getCurrentDefinitionLevel() == 0 && present > 1) {
      writer.writeNull();
      reader.consume();
      return;
    }
    writer.beginArray();
    do {
      if (reader.getCurrentDefinitionLevel() == present) {
        writeValue(reader, writer);
      } else if (reader.getCurrentDefinitionLevel() == present - 1 && elementsAreOptional()) {
        writer.writeNull();
      }
      reader.consume();
    } while (reader.getCurrentRepetitionLevel() > 0);
    writer.endArray();
  }

  private boolean elementsAreOptional() {
    return primitive.getRepetition() == org.apache.parquet.schema.Type.Repetition.OPTIONAL;
  }

  private void writeValue(ColumnReader reader, FieldWriter writer) {
    switch (primitive.getPrimitiveTypeName()) {
      case BOOLEAN -> writer.writeBoolean(reader.getBoolean());
      case INT32 -> writeInt(reader.getInteger(), writer);
      case INT64 -> writeLong(reader.getLong(), writer);
      case INT96 -> writeInt96(reader.getBinary(), writer);
      case FLOAT -> writer.writeDouble(reader.getFloat());
      case DOUBLE -> writer.writeDouble(reader.getDouble());
      case BINARY, FIXED_LEN_BYTE_ARRAY -> writeBinary(reader.getBinary(), writer);
    }
  }

  private void writeInt(int value, FieldWriter writer) {
    switch (logical) {
      case DateLogicalTypeAnnotation date -> writer.writeDays(value);
      case DecimalLogicalTypeAnnotation decimal ->
          writer.writeDecimal(BigDecimal.valueOf(value, decimal.getScale()));
      case IntLogicalTypeAnnotation number when !number.isSigned() && number.getBitWidth() == 32 ->
          writer.writeLong(Integer.toUnsignedLong(value));
      case null, default -> writer.writeLong(value);
    }
  }

  private void writeLong(long value, FieldWriter writer) {
    switch (logical) {
      case TimestampLogicalTypeAnnotation timestamp -> {
        long scale =
            switch (timestamp.getUnit()) {
              case MILLIS -> 1_000;
              case MICROS -> 1_000_000;
              case NANOS -> 1_000_000_000;
            };
        writer.writeInstant(
            Math.floorDiv(value, scale),
            (int) (Math.floorMod(value, scale) * (1_000_000_000 / scale)));
      }
      case DecimalLogicalTypeAnnotation decimal ->
          writer.writeDecimal(BigDecimal.valueOf(value, decimal.getScale()));
      case IntLogicalTypeAnnotation number
          when !number.isSigned() && number.getBitWidth() == 64 && value < 0 ->
          writer.writeDecimal(new BigDecimal(Long.toUnsignedString(value)));
      case null, default -> writer.writeLong(value);
    }
  }

  private void writeBinary(Binary value, FieldWriter writer) {
    switch (logical) {
      case StringLogicalTypeAnnotation text -> writeUtf8(value, writer);
      case EnumLogicalTypeAnnotation text -> writeUtf8(value, writer);
      case JsonLogicalTypeAnnotation text -> writeUtf8(value, writer);
      case DecimalLogicalTypeAnnotation decimal ->
          writer.writeDecimal(
              new BigDecimal(new BigInteger(value.getBytesUnsafe()), decimal.getScale()));
      case Float16LogicalTypeAnnotation half ->
          writer.writeDouble(
              Float.float16ToFloat(value.toByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getShort()));
      case null, default -> writer.writeBinary(value.getBytes());
    }
  }

  private static void writeUtf8(Binary value, FieldWriter writer) {
    byte[] bytes = value.getBytesUnsafe();
    writer.writeUtf8(bytes, 0, bytes.length);
  }

  private static void writeInt96(Binary value, FieldWriter writer) {
    ByteBuffer buffer = ByteBuffer.wrap(value.getBytes()).order(ByteOrder.LITTLE_ENDIAN);
    long nanos = buffer.getLong();
    long days = buffer.getInt() - JULIAN_DAY_OF_1970;
    writer.writeInstant(
        days * 86_400 + Math.floorDiv(nanos, 1_000_000_000L),
        (int) Math.floorMod(nanos, 1_000_000_000L));
  }
}
