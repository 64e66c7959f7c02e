package io.cuvee.ingest.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/// Values of Avro as values of columns.
public final class AvroFields {
  private AvroFields() {}

  /// The column type that values of an Avro schema fit.
  public static ColumnType type(org.apache.avro.Schema schema) {
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

  /// Writes one value.
  public static void write(
      FieldWriter writer, org.apache.avro.Schema nullable, @Nullable Object value) {
    org.apache.avro.Schema schema = withoutNull(nullable);
    switch (value) {
      case null -> writer.writeNull();
      case Collection<?> list when type(schema).isArray() && writer.field().type().isArray() -> {
        writer.beginArray();
        for (Object element : list) {
          write(writer, schema.getElementType(), element);
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

  /// A value as JSON, in which values of other types are texts that columns of these types take.
  public static JsonNode json(org.apache.avro.Schema nullable, @Nullable Object value) {
    org.apache.avro.Schema schema = withoutNull(nullable);
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (value) {
      case null -> nodes.nullNode();
      case GenericRecord record -> {
        ObjectNode node = nodes.objectNode();
        record
            .getSchema()
            .getFields()
            .forEach(
                field -> node.set(field.name(), json(field.schema(), record.get(field.pos()))));
        yield node;
      }
      case Map<?, ?> map -> {
        ObjectNode node = nodes.objectNode();
        map.forEach((key, each) -> node.set(key.toString(), json(valueType(schema), each)));
        yield node;
      }
      case Collection<?> list -> {
        ArrayNode node = nodes.arrayNode();
        list.forEach(each -> node.add(json(elementType(schema), each)));
        yield node;
      }
      case Boolean flag -> nodes.booleanNode(flag);
      case Integer days when schema.getLogicalType() instanceof LogicalTypes.Date ->
          nodes.textNode(LocalDate.ofEpochDay(days).toString());
      case Integer number -> nodes.numberNode(number);
      case Long number -> {
        long scale = timestampScale(schema.getLogicalType());
        yield scale == 0
            ? nodes.numberNode(number)
            : nodes.textNode(
                Instant.ofEpochSecond(
                        Math.floorDiv(number, scale),
                        Math.floorMod(number, scale) * (1_000_000_000 / scale))
                    .toString());
      }
      case Float number -> nodes.numberNode(number);
      case Double number -> nodes.numberNode(number);
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        yield bytes(schema, copy);
      }
      case GenericFixed fixed -> bytes(schema, fixed.bytes());
      default -> nodes.textNode(value.toString());
    };
  }

  private static JsonNode bytes(org.apache.avro.Schema schema, byte[] bytes) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
        ? JsonNodeFactory.instance.numberNode(
            new BigDecimal(new BigInteger(bytes), decimal.getScale()))
        : JsonNodeFactory.instance.textNode(HexFormat.of().formatHex(bytes));
  }

  /// Of a union of several types the values say themselves what they are.
  private static org.apache.avro.Schema elementType(org.apache.avro.Schema schema) {
    return schema.getType() == org.apache.avro.Schema.Type.ARRAY ? schema.getElementType() : schema;
  }

  private static org.apache.avro.Schema valueType(org.apache.avro.Schema schema) {
    return schema.getType() == org.apache.avro.Schema.Type.MAP ? schema.getValueType() : schema;
  }

  private static void writeBytes(FieldWriter writer, org.apache.avro.Schema schema, byte[] bytes) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      writer.writeDecimal(new BigDecimal(new BigInteger(bytes), decimal.getScale()));
    } else {
      writer.writeBinary(bytes);
    }
  }
}
