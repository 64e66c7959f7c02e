package io.cuvee.ingest.decode;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.ingest.transform.FieldWriter;
import io.cuvee.ingest.transform.JsonFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Rows of messages that are one JSON object each; its fields are matched with columns by name.
/// Values go from the parser to the columns without objects in between, but for those of JSON
/// columns. Messages mostly have the same fields in the same order, so that each name is first
/// compared with the one that was there last.
public final class JsonDecoder implements MessageDecoder {
  private static final int NO_COLUMN = -1;

  /// Names beyond are looked up anew each time.
  private static final int MOST_NAMES = 10_000;

  private final JsonFactory factory = Json.MAPPER.getFactory();
  private final UnknownFields unknown;
  private final Map<String, Integer> known = new HashMap<>();
  private String[] lastNames = new String[16];
  private int[] lastColumns = new int[16];
  private byte[] text = new byte[256];

  /// What becomes of fields that are no columns.
  public enum UnknownFields {
    SKIPPED,
    REFUSED
  }

  public JsonDecoder() {
    this(UnknownFields.SKIPPED);
  }

  public JsonDecoder(UnknownFields unknown) {
    this.unknown = unknown;
  }

  @Override
  public void decode(byte[] message, RowWriter row) {
    try (JsonParser parser = factory.createParser(message)) {
      parser.nextToken();
      decodeObject(parser, row);
      if (parser.nextToken() != null) {
        throw invalid("Something follows the JSON object", null);
      }
    } catch (JsonProcessingException e) {
      throw noJson(e);
    } catch (IOException e) {
      throw invalid("It cannot be read as JSON: " + e.getMessage(), e);
    }
  }

  /// The parser of a text that holds several rows.
  JsonParser parser(byte[] text, int from, int length) throws IOException {
    return factory.createParser(text, from, length);
  }

  static CuveeException noJson(JsonProcessingException e) {
    return invalid("It is no JSON: " + e.getOriginalMessage(), e);
  }

  /// Writes the values of the object that the parser is at the begin of; then it is at its end.
  void decodeObject(JsonParser parser, RowWriter row) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw invalid("A message must be a JSON object", null);
    }
    int field = 0;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      int column = column(row, name, field++);
      JsonToken token = parser.nextToken();
      if (column == NO_COLUMN) {
        if (unknown == UnknownFields.REFUSED) {
          throw new CuveeException(
              ErrorCode.INVALID_INPUT, "There is no column '" + name + "'." + row.suggestion(name));
        }
        parser.skipChildren();
      } else {
        write(row.begin(column), parser, token);
      }
    }
    if (parser.currentToken() != JsonToken.END_OBJECT) {
      throw invalid("The JSON object does not end", null);
    }
  }

  // The parser gives the same object for the same name, as names are interned.
  @SuppressWarnings("ReferenceEquality")
  private int column(RowWriter row, String name, int field) {
    if (field < lastNames.length && lastNames[field] == name) {
      return lastColumns[field];
    }
    Integer column = known.get(name);
    if (column == null) {
      column = row.column(name).orElse(NO_COLUMN);
      if (known.size() < MOST_NAMES) {
        known.put(name, column);
      }
    }
    if (field >= lastNames.length && field < MOST_NAMES) {
      lastNames = Arrays.copyOf(lastNames, lastNames.length * 2);
      lastColumns = Arrays.copyOf(lastColumns, lastColumns.length * 2);
    }
    if (field < lastNames.length) {
      lastNames[field] = name;
      lastColumns[field] = column;
    }
    return column;
  }

  private void write(FieldWriter writer, JsonParser parser, JsonToken token) throws IOException {
    boolean array = writer.field().type().isArray();
    if (token != JsonToken.VALUE_NULL && writer.field().type().dataType() == DataType.JSON
        || token == JsonToken.START_OBJECT) {
      JsonFields.write(writer, JsonFields.READER.readValue(parser));
    } else if (token == JsonToken.START_ARRAY && array) {
      writer.beginArray();
      for (JsonToken next = parser.nextToken();
          next != JsonToken.END_ARRAY;
          next = parser.nextToken()) {
        if (next == JsonToken.START_OBJECT || next == JsonToken.START_ARRAY) {
          writer.writeText(JsonFields.READER.readValue(parser).toString());
        } else {
          scalar(writer, parser, next);
        }
      }
      writer.endArray();
    } else {
      scalar(writer, parser, token);
    }
  }

  private void scalar(FieldWriter writer, JsonParser parser, JsonToken token) throws IOException {
    DataType type = writer.field().type().dataType();
    switch (token) {
      case VALUE_STRING -> string(writer, parser, type);
      case VALUE_NUMBER_INT -> {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
          writer.writeDecimal(parser.getDecimalValue());
        } else {
          writer.writeLong(parser.getLongValue());
        }
      }
      case VALUE_NUMBER_FLOAT -> {
        if (type.representation() == Representation.DOUBLE) {
          writer.writeDouble(parser.getDoubleValue());
        } else {
          writer.writeDecimal(parser.getDecimalValue());
        }
      }
      case VALUE_TRUE -> writer.writeBoolean(true);
      case VALUE_FALSE -> writer.writeBoolean(false);
      case VALUE_NULL -> writer.writeNull();
      case START_ARRAY -> writer.beginArray();
      case START_OBJECT, END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("No value is " + token + ".");
    }
  }

  private void string(FieldWriter writer, JsonParser parser, DataType type) throws IOException {
    if (type != DataType.STRING) {
      writer.writeText(parser.getText());
      return;
    }
    char[] chars = parser.getTextCharacters();
    int from = parser.getTextOffset();
    int length = parser.getTextLength();
    if (length > text.length) {
      text = new byte[Math.max(length, text.length * 2)];
    }
    int all = 0;
    for (int i = 0; i < length; i++) {
      char c = chars[from + i];
      all |= c;
      text[i] = (byte) c;
    }
    if (all < 0x80) {
      writer.writeUtf8(text, 0, length);
    } else {
      writer.writeText(parser.getText());
    }
  }

  private static CuveeException invalid(String problem, Exception cause) {
    return new CuveeException(ErrorCode.INVALID_INPUT, problem + ".", cause);
  }
}
