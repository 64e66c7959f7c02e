package io.cuvee.jdbc;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.cuvee.jdbc.http.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One JSON answer of Avatica's protocol: its fields, and with them at most one signature and one
/// frame of rows, wherever in the answer they are.
///
/// The driver reads the few answers that it needs itself. Avatica's own classes would do it too,
/// but they bring protobuf, whose start costs half a second and prints warnings on Java 24 and up,
/// even where only JSON is spoken.
final class AvaticaAnswer {
  private final Map<String, Object> fields;
  private @Nullable Signature signature;
  private @Nullable Frame frame;
  private List<Column> columns;

  private AvaticaAnswer(List<Column> columns, Map<String, Object> fields) {
    this.columns = columns;
    this.fields = fields;
  }

  /// Reads an answer.
  ///
  /// @param columns the columns of the frame, if the answer to an earlier request had them
  static AvaticaAnswer read(byte[] body, List<Column> columns) throws IOException {
    AvaticaAnswer answer = new AvaticaAnswer(columns, new LinkedHashMap<>());
    try (JsonParser parser = Json.parser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("The answer is not a JSON object.");
      }
      answer.fields.putAll(answer.readObject(parser));
    }
    return answer;
  }

  /// An answer with rows, of which nothing else matters.
  static AvaticaAnswer of(@Nullable Signature signature, Frame frame) {
    AvaticaAnswer answer = new AvaticaAnswer(List.of(), Map.of());
    answer.signature = signature;
    answer.frame = frame;
    return answer;
  }

  private Map<String, Object> readObject(JsonParser parser) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT && name.equals("signature")) {
        signature = Signature.of(Json.asObject(Json.readValue(parser)));
        columns = signature.columns();
      } else if (token == JsonToken.START_OBJECT
          && name.toLowerCase(Locale.ROOT).endsWith("frame")) {
        frame = readFrame(parser);
      } else if (token == JsonToken.START_OBJECT) {
        object.put(name, readObject(parser));
      } else if (token == JsonToken.START_ARRAY && name.equals("results")) {
        object.put(name, readResults(parser));
      } else {
        object.put(name, Json.readValue(parser));
      }
    }
    return object;
  }

  private List<Object> readResults(JsonParser parser) throws IOException {
    List<Object> results = new ArrayList<>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      results.add(readObject(parser));
    }
    return results;
  }

  private Frame readFrame(JsonParser parser) throws IOException {
    List<Object[]> rows = new ArrayList<>();
    boolean isLast = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      if (name.equals("rows") && token == JsonToken.START_ARRAY) {
        readRows(parser, rows);
      } else if (name.equals("done")) {
        isLast = token == JsonToken.VALUE_TRUE;
      } else {
        parser.skipChildren();
      }
    }
    return Frame.ofRows(rows, columns.size(), isLast);
  }

  private void readRows(JsonParser parser, List<Object[]> rows) throws IOException {
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      switch (token) {
        case START_ARRAY:
          rows.add(readRow(parser));
          break;
        case START_OBJECT:
          rows.add(readNamedRow(parser));
          break;
        default:
          throw new IOException("A row is neither an array nor an object.");
      }
    }
  }

  private Object[] readRow(JsonParser parser) throws IOException {
    Object[] row = new Object[columns.size()];
    int index = 0;
    JsonToken token;
    while ((token = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (index == row.length) {
        throw new IOException("A row has more than the " + row.length + " columns announced.");
      }
      row[index] = readCell(parser, token, columns.get(index));
      index++;
    }
    return row;
  }

  /// Reads a row as Avatica's server classes send those made from Java objects, in metadata.
  private Object[] readNamedRow(JsonParser parser) throws IOException {
    Map<String, Object> cells = Json.asObject(Json.readValue(parser));
    List<Object> names = signature == null ? List.of() : signature.fieldNames();
    return names.isEmpty()
        ? cells.values().toArray()
        : names.stream().map(name -> cells.get(String.valueOf(name))).toArray();
  }

  private static @Nullable Object readCell(JsonParser parser, JsonToken token, Column column)
      throws IOException {
    boolean isFloating = column.kind == Column.Kind.DOUBLE || column.kind == Column.Kind.FLOAT;
    if (isFloating && token == JsonToken.VALUE_NUMBER_FLOAT) {
      return parser.getDoubleValue();
    }
    if (isFloating && token == JsonToken.VALUE_STRING) {
      return notFinite(parser.getText());
    }
    return token.isScalarValue() ? Json.readScalar(parser, token) : Json.readValue(parser);
  }

  /// JSON has no NaN and no infinities; they travel as text.
  private static double notFinite(String text) throws IOException {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IOException("'" + text + "' is no floating-point number", e);
    }
  }

  /// The kind of the answer: `error`, `executeResults`, `fetch`, ….
  String type() {
    return String.valueOf(fields.get("response"));
  }

  boolean isTrue(String field) {
    return Boolean.TRUE.equals(fields.get(field));
  }

  int number(String field, int otherwise) {
    Object value = fields.get(field);
    return value instanceof Number ? ((Number) value).intValue() : otherwise;
  }

  @Nullable String text(String field) {
    Object value = fields.get(field);
    return value == null ? null : value.toString();
  }

  Map<String, Object> object(String field) {
    return Json.asObject(fields.get(field));
  }

  /// The first result of an execution, or this answer's own fields if it is a plain result.
  Map<String, Object> firstResult() {
    List<Object> results = Json.asArray(fields.get("results"));
    return results.isEmpty() ? fields : Json.asObject(results.get(0));
  }

  @Nullable Signature signature() {
    return signature;
  }

  @Nullable Frame frame() {
    return frame;
  }
}
