package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The shape of a statement: the columns it returns and the parameters it takes.
final class Signature {
  private final List<Column> columns;
  private final List<Column> parameters;
  private final List<Object> fieldNames;

  private Signature(List<Column> columns, List<Column> parameters, List<Object> fieldNames) {
    this.columns = columns;
    this.parameters = parameters;
    this.fieldNames = fieldNames;
  }

  static Signature of(Map<String, Object> json) {
    List<Column> parameters = new ArrayList<>();
    for (Object parameter : Json.asArray(json.get("parameters"))) {
      parameters.add(Column.ofParameter(Json.asObject(parameter)));
    }
    Map<String, Object> cursorFactory = Json.asObject(json.get("cursorFactory"));
    return new Signature(
        Column.listOf(Json.asArray(json.get("columns"))),
        parameters,
        Json.asArray(cursorFactory.get("fieldNames")));
  }

  List<Column> columns() {
    return columns;
  }

  List<Column> parameters() {
    return parameters;
  }

  /// The names, in the order of the columns, by which a row's cells are found if rows come as
  /// objects; empty if they come as arrays.
  List<Object> fieldNames() {
    return fieldNames;
  }
}
