package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The shape of a statement: the columns it returns and the parameters it takes.
final class Signature {
  private final List<Column> columns;
  private final List<Column> parameters;

  Signature(List<Column> columns, List<Column> parameters) {
    this.columns = columns;
    this.parameters = parameters;
  }

  static Signature of(Map<String, Object> json) {
    List<Column> parameters = new ArrayList<>();
    for (Object parameter : Json.asArray(json.get("parameters"))) {
      parameters.add(Column.ofParameter(Json.asObject(parameter)));
    }
    return new Signature(Column.listOf(Json.asArray(json.get("columns"))), parameters);
  }

  List<Column> columns() {
    return columns;
  }

  List<Column> parameters() {
    return parameters;
  }
}
