package io.cuvee.sqltests.duckdb;

import java.util.ArrayList;
import java.util.List;

/// The columns that an expression may name.
///
/// @param own of the tables beside it
/// @param outer of the queries around it
record Scope(List<Column> own, List<Column> outer) {
  /// Of values that SQL compares with each other.
  enum Type {
    INTEGER,
    REAL,
    DECIMAL,
    TEXT,
    BOOLEAN,
    DATE,
    TIMESTAMP,
    TEXTS
  }

  /// All but arrays.
  static final List<Type> SCALARS =
      List.of(
          Type.INTEGER,
          Type.REAL,
          Type.DECIMAL,
          Type.TEXT,
          Type.BOOLEAN,
          Type.DATE,
          Type.TIMESTAMP);

  record Column(String sql, Type type) {}

  /// Of the table `events`, its identity first.
  static final List<Column> EVENTS =
      List.of(
          new Column("id", Type.INTEGER),
          new Column("quantity", Type.INTEGER),
          new Column("amount", Type.REAL),
          new Column("price", Type.DECIMAL),
          new Column("kind", Type.TEXT),
          new Column("country", Type.TEXT),
          new Column("visitor", Type.TEXT),
          new Column("paid", Type.BOOLEAN),
          new Column("\"day\"", Type.DATE),
          new Column("moment", Type.TIMESTAMP),
          new Column("tags", Type.TEXTS));

  static final List<Column> KINDS =
      List.of(
          new Column("kind", Type.TEXT),
          new Column("label", Type.TEXT),
          new Column("weight", Type.INTEGER));

  Scope {
    own = List.copyOf(own);
    outer = List.copyOf(outer);
  }

  /// What a sub-query sees of this.
  List<Column> visible() {
    List<Column> visible = new ArrayList<>(own);
    visible.addAll(outer);
    return visible;
  }

  /// The columns of a type, outer ones too.
  List<Column> of(Type type) {
    return visible().stream().filter(column -> column.type() == type).toList();
  }
}
