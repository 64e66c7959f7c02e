package io.cuvee.calcite.plan;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// Plans statements. Thread-safe.
public final class Planner {
  private final PlannerConfig config;

  public Planner(PlannerConfig config) {
    this.config = config;
  }

  /// The plan of `sql`, from the cache where its shape was planned before.
  ///
  /// @throws CuveeException that says what is wrong with the statement, with line and column
  public PlannedStatement plan(String sql, Session session, Catalog catalog) {
    if (sql.length() > config.maxStatementLength()) {
      throw new CuveeException(
          ErrorCode.SQL_PARSE,
          "The statement has "
              + sql.length()
              + " characters; at most "
              + config.maxStatementLength()
              + " are allowed.");
    }
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "Statements cannot be planned yet.");
  }

  /// Plans made-up statements over the catalog's tables, so that the code is compiled before the
  /// first client asks.
  public void warmUp(Catalog catalog, int rounds) {
    throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "Statements cannot be planned yet.");
  }
}
