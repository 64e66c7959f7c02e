package io.cuvee.ingest.transform;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.io.IOException;

/// Values of JSON as values of columns.
public final class JsonFields {
  /// Reads values without rounding numbers.
  public static final ObjectReader READER =
      Json.MAPPER
          .reader()
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .forType(JsonNode.class);

  private JsonFields() {}

  /// Writes one value, an array too.
  public static void write(FieldWriter writer, JsonNode value) {
    if (value.isNull()) {
      writer.writeNull();
    } else if (writer.field().type().equals(ColumnType.JSON)) {
      writeJson(writer, value);
    } else if (value.isArray()) {
      boolean json = writer.field().type().dataType() == DataType.JSON;
      writer.beginArray();
      for (JsonNode element : value) {
        if (json) {
          writeJson(writer, element);
        } else {
          writeScalar(writer, element);
        }
      }
      writer.endArray();
    } else {
      writeScalar(writer, value);
    }
  }

  /// Text that is JSON itself is taken as such, as Pinot does; other text as a JSON string.
  private static void writeJson(FieldWriter writer, JsonNode value) {
    writer.writeText(
        value.isTextual() && isJson(value.textValue()) ? value.textValue() : value.toString());
  }

  private static boolean isJson(String text) {
    try (JsonParser parser = Json.MAPPER.getFactory().createParser(text)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  private static void writeScalar(FieldWriter writer, JsonNode value) {
    switch (value.getNodeType()) {
      case STRING -> writer.writeText(value.textValue());
      case BOOLEAN -> writer.writeBoolean(value.booleanValue());
      case NULL -> writer.writeNull();
      case NUMBER -> {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
          writer.writeLong(value.longValue());
        } else {
          writer.writeDecimal(value.decimalValue());
        }
      }
      case OBJECT, ARRAY, BINARY, MISSING, POJO -> writer.writeText(value.toString());
    }
  }
}
