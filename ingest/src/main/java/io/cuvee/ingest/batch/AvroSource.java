package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.FieldWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/// Rows of an Avro container file. Only generic data is made: a schema in a file never names a
/// class to load.
final class AvroSource implements PageSource {
  private final String file;
  private final DataFileReader<GenericRecord> reader;
  private final RowWriter rows;
  private final List<org.apache.avro.Schema.Field> fields;
  private final int[] columns;
  private final boolean[] fromFile;
  private long recordNumber;

  private AvroSource(String file, DataFileReader<GenericRecord> reader, Schema schema) {
    this.file = file;
    this.reader = reader;
    this.rows = new RowWriter(schema);
    this.fields = reader.getSchema().getFields();
    this.columns = new int[fields.size()];
    this.fromFile = new boolean[rows.columnCount()];
    rows.requireMatch(file, fields.stream().map(org.apache.avro.Schema.Field::name).toList());
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.column(fields.get(i).name()).orElse(-1);
      if (columns[i] >= 0) {
        fromFile[columns[i]] = true;
      }
    }
  }

  static AvroSource open(Path path, Schema schema) throws IOException {
    DataFileReader<GenericRecord> reader = reader(path);
    try {
      return new AvroSource(path.getFileName().toString(), reader, schema);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static DataFileReader<GenericRecord> reader(Path path) throws IOException {
    String file = path.getFileName().toString();
    DataFileReader<GenericRecord> reader;
    try {
      reader =
          new DataFileReader<>(
              path.toFile(), new GenericDatumReader<>(null, null, new GenericData()));
    } catch (IOException | AvroRuntimeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, file + " cannot be read as an Avro file: " + e.getMessage(), e);
    }
    if (reader.getSchema().getType() != org.apache.avro.Schema.Type.RECORD) {
      reader.close();
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + ": the Avro schema must be a record, not " + reader.getSchema().getType() + ".");
    }
    return reader;
  }

  /// The columns of the file as fields of a schema.
  static List<FieldSpec> fields(Path path) throws IOException {
    try (DataFileReader<GenericRecord> reader = reader(path)) {
      List<FieldSpec> fields = new ArrayList<>();
      for (org.apache.avro.Schema.Field field : reader.getSchema().getFields()) {
        fields.add(SchemaInference.field(field.name(), type(field.schema())));
      }
      return fields;
    }
  }

  private static ColumnType type(org.apache.avro.Schema schema) {
    org.apache.avro.Schema bare = withoutNull(schema);
    LogicalType logical = bare.getLogicalType();
    return switch (bare.getType()) {
      case BOOLEAN -> ColumnType.BOOLEAN;
      case INT -> logical instanceof LogicalTypes.Date ? ColumnType.DATE : ColumnType.INT;
      case LONG -> timestampScale(logical) > 0 ? ColumnType.TIMESTAMP : ColumnType.LONG;
      case FLOAT -> ColumnType.FLOAT;
      case DOUBLE -> ColumnType.DOUBLE;
      case STRING -> logical instanceof LogicalTypes.Uuid ? ColumnType.UUID : ColumnType.STRING;
      case ENUM -> ColumnType.STRING;
      case BYTES, FIXED ->
          logical instanceof LogicalTypes.Decimal
              ? ColumnType.BIG_DECIMAL
              : logical instanceof LogicalTypes.Uuid ? ColumnType.UUID : ColumnType.BYTES;
      case ARRAY -> {
        ColumnType element = type(bare.getElementType());
        yield element.isArray() || element.dataType() == DataType.JSON
            ? ColumnType.JSON
            : ColumnType.arrayOf(element.dataType());
      }
      case RECORD, MAP, UNION -> ColumnType.JSON;
      case NULL -> ColumnType.STRING;
    };
  }

  private static org.apache.avro.Schema withoutNull(org.apache.avro.Schema schema) {
    if (schema.getType() != org.apache.avro.Schema.Type.UNION) {
      return schema;
    }
    List<org.apache.avro.Schema> others =
        schema.getTypes().stream()
            .filter(type -> type.getType() != org.apache.avro.Schema.Type.NULL)
            .toList();
    return others.size() == 1 ? others.getFirst() : schema;
  }

  /// How many units of the timestamp make a second; 0 if it is none.
  private static long timestampScale(@Nullable LogicalType logical) {
    return switch (logical == null ? "" : logical.getName()) {
      case "timestamp-millis", "local-timestamp-millis" -> 1_000;
      case "timestamp-micros", "local-timestamp-micros" -> 1_000_000;
      case "timestamp-nanos", "local-timestamp-nanos" -> 1_000_000_000;
      default -> 0;
    };
  }

  @Override
  public @Nullable Page next() {
    int count = 0;
    try {
      while (count < Page.TARGET_ROWS && reader.hasNext()) {
        recordNumber++;
        GenericRecord record = reader.next();
        for (int i = 0; i < columns.length; i++) {
          if (columns[i] >= 0) {
            write(rows.writer(columns[i]), withoutNull(fields.get(i).schema()), record.get(i));
          }
        }
        for (int column = 0; column < fromFile.length; column++) {
          if (!fromFile[column]) {
            rows.writer(column).writeNull();
          }
        }
        count++;
      }
    } catch (CuveeException e) {
      throw new CuveeException(
          e.code(), file + ", record " + recordNumber + ": " + e.getMessage(), e);
    } catch (AvroRuntimeException | IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + ", record " + recordNumber + " is damaged: " + e.getMessage(),
          e);
    }
    return count == 0 ? null : rows.take(count);
  }

  private static void write(
      FieldWriter writer, org.apache.avro.Schema schema, @Nullable Object value) {
    switch (value) {
      case null -> writer.writeNull();
      case Collection<?> list when type(schema).isArray() && writer.field().type().isArray() -> {
        writer.beginArray();
        for (Object element : list) {
          write(writer, withoutNull(schema.getElementType()), element);
        }
        writer.endArray();
      }
      case Utf8 text -> writer.writeUtf8(text.getBytes(), 0, text.getByteLength());
      case Boolean flag -> writer.writeBoolean(flag);
      case Integer number -> {
        if (schema.getLogicalType() instanceof LogicalTypes.Date) {
          writer.writeDays(number);
        } else {
          writer.writeLong(number);
        }
      }
      case Long number -> {
        long scale = timestampScale(schema.getLogicalType());
        if (scale > 0) {
          writer.writeInstant(
              Math.floorDiv(number, scale),
              (int) (Math.floorMod(number, scale) * (1_000_000_000 / scale)));
        } else {
          writer.writeLong(number);
        }
      }
      case Float number -> writer.writeDouble(number);
      case Double number -> writer.writeDouble(number);
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        writeBytes(writer, schema, copy);
      }
      case GenericFixed fixed -> writeBytes(writer, schema, fixed.bytes());
      case CharSequence text -> writer.writeText(text.toString());
      case GenericData.EnumSymbol symbol -> writer.writeText(symbol.toString());
      // Maps, records and nested lists as JSON.
      default -> writer.writeText(GenericData.get().toString(value));
    }
  }

  private static void writeBytes(FieldWriter writer, org.apache.avro.Schema schema, byte[] bytes) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      writer.writeDecimal(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
    } else {
      writer.writeBinary(bytes);
    }
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
