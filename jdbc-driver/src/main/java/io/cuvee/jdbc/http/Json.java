package io.cuvee.jdbc.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// JSON as plain Java values: objects are `Map<String, Object>`, arrays are `List<Object>`, whole
/// numbers are [Long] or [BigInteger], other numbers are [BigDecimal], so that nothing is rounded.
public final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  public static JsonParser parser(byte[] utf8) throws IOException {
    return FACTORY.createParser(utf8);
  }

  /// Reads one value; anything after it is ignored.
  public static @Nullable Object read(byte[] utf8) throws IOException {
    try (JsonParser parser = parser(utf8)) {
      parser.nextToken();
      return readValue(parser);
    }
  }

  /// Reads one object, or fails if the text is something else.
  public static Map<String, Object> readObject(byte[] utf8) throws IOException {
    Object value = read(utf8);
    if (!(value instanceof Map)) {
      throw new IOException("The answer is not a JSON object.");
    }
    return asObject(value);
  }

  /// The value as an object; an absent or different value gives an empty one.
  @SuppressWarnings("unchecked")
  public static Map<String, Object> asObject(@Nullable Object value) {
    return value instanceof Map ? (Map<String, Object>) value : Map.of();
  }

  /// The value as an array; an absent or different value gives an empty one.
  @SuppressWarnings("unchecked")
  public static List<Object> asArray(@Nullable Object value) {
    return value instanceof List ? (List<Object>) value : List.of();
  }

  /// Reads the value at the parser's current token, and leaves the parser at the value's last
  /// token.
  public static @Nullable Object readValue(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("The answer is empty.");
    }
    switch (token) {
      case START_OBJECT:
        Map<String, Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          object.put(name, readValue(parser));
        }
        return object;
      case START_ARRAY:
        List<Object> array = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          array.add(readValue(parser));
        }
        return array;
      default:
        return readScalar(parser, token);
    }
  }

  /// Reads a number, string, boolean or null.
  public static @Nullable Object readScalar(JsonParser parser, JsonToken token) throws IOException {
    switch (token) {
      case VALUE_STRING:
        return parser.getText();
      case VALUE_NUMBER_INT:
        return parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? parser.getBigIntegerValue()
            : (Object) parser.getLongValue();
      case VALUE_NUMBER_FLOAT:
        return parser.getDecimalValue();
      case VALUE_TRUE:
        return true;
      case VALUE_FALSE:
        return false;
      case VALUE_NULL:
        return null;
      default:
        throw new IOException("Unexpected " + token + " in the answer.");
    }
  }

  public static byte[] write(Object value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      writeValue(generator, value);
    } catch (IOException e) {
      throw new IllegalStateException("Writing JSON to memory failed", e);
    }
    return out.toByteArray();
  }

  /// Writes what a program may put into a row: beside JSON's own types, bytes as hexadecimal
  /// digits, a `Date` or `Timestamp` as milliseconds, and whatever else as its text.
  private static void writeValue(JsonGenerator out, @Nullable Object value) throws IOException {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String || value instanceof Character || value instanceof Enum) {
      out.writeString(value.toString());
    } else if (value instanceof Boolean) {
      out.writeBoolean((Boolean) value);
    } else if (value instanceof BigDecimal) {
      out.writeNumber((BigDecimal) value);
    } else if (value instanceof BigInteger) {
      out.writeNumber((BigInteger) value);
    } else if (value instanceof Double) {
      out.writeNumber((Double) value);
    } else if (value instanceof Float) {
      out.writeNumber((Float) value);
    } else if (value instanceof Number) {
      out.writeNumber(((Number) value).longValue());
    } else if (value instanceof Map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        writeValue(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof Collection) {
      out.writeStartArray();
      for (Object element : (Collection<?>) value) {
        writeValue(out, element);
      }
      out.writeEndArray();
    } else if (value instanceof byte[]) {
      out.writeString(hex((byte[]) value));
    } else if (value.getClass().isArray()) {
      out.writeStartArray();
      for (int i = 0; i < Array.getLength(value); i++) {
        writeValue(out, Array.get(value, i));
      }
      out.writeEndArray();
    } else if (value instanceof Timestamp || value.getClass() == Date.class) {
      out.writeNumber(((Date) value).toInstant().toEpochMilli());
    } else {
      // LocalDate, Instant, UUID and the like have a text form that the other side reads.
      out.writeString(value.toString());
    }
  }

  /// The bytes as lower-case hexadecimal digits, which is how schema files and results write them.
  public static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder(bytes.length * 2);
    for (byte b : bytes) {
      text.append(Character.forDigit((b >> 4) & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    return text.toString();
  }
}
