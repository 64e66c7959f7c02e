package io.cuvee.broker.query;

import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;

/// Where plans come from; see [io.cuvee.calcite.plan.Planner#plan].
@FunctionalInterface
public interface StatementPlanner {
  /// @throws CuveeException that says what is wrong with the statement
  PlannedStatement plan(String sql, Session session, Catalog catalog);
}
