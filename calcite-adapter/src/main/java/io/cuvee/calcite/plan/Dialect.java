package io.cuvee.calcite.plan;

/// The language of a statement.
public enum Dialect {
  SQL,
  /// `SELECT sum(x) FROM t WHERE … GROUP BY d TOP n`, the query language of the Pinot paper.
  PQL
}
