package io.cuvee.broker;

import io.cuvee.broker.http.QueryRoutes;
import io.cuvee.broker.routing.ClusterSnapshot;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a broker does before it calls itself warm: plans made-up statements, then runs a few cheap
/// ones on the largest tables, from the text to the JSON. Bounded in time, because it competes with
/// the first clients.
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int TABLES = 2;
  private static final int RUNS = 100;
  private static final long REHEARSAL_NANOS = 1_000_000_000L;

  private final Planner planner;
  private final int rounds;
  private final Supplier<ClusterSnapshot> snapshot;
  private final QueryRoutes routes;
  private final BooleanSupplier stopping;

  WarmUp(
      Planner planner,
      int rounds,
      Supplier<ClusterSnapshot> snapshot,
      QueryRoutes routes,
      BooleanSupplier stopping) {
    this.planner = planner;
    this.rounds = rounds;
    this.snapshot = snapshot;
    this.routes = routes;
    this.stopping = stopping;
  }

  void run() {
    if (rounds == 0) {
      return;
    }
    planner.warmUp(snapshot.get().catalog(), rounds);
    long deadline = System.nanoTime() + REHEARSAL_NANOS;
    for (String statement : statements()) {
      try {
        for (int i = 0; i < RUNS && System.nanoTime() < deadline && !stopping.getAsBoolean(); i++) {
          routes.rehearse(statement);
        }
      } catch (CuveeException e) {
        LOG.debug("Not rehearsed: {}", statement, e);
      }
    }
  }

  private List<String> statements() {
    ClusterSnapshot now = snapshot.get();
    List<String> statements = new ArrayList<>();
    statements.add("SELECT 1");
    now.catalog().tables().stream()
        .filter(table -> isServed(now, table))
        .sorted(Comparator.comparingLong(Catalog.Table::rowCount).reversed())
        .limit(TABLES)
        .forEach(table -> addStatements(table, statements));
    return statements;
  }

  private static boolean isServed(ClusterSnapshot now, Catalog.Table table) {
    List<TableRouting> halves = now.routing().halves(table.name());
    return !halves.isEmpty() && halves.stream().allMatch(half -> half.missing().isEmpty());
  }

  private static void addStatements(Catalog.Table table, List<String> statements) {
    String name = quoted(table.name());
    statements.add("SELECT COUNT(*) FROM " + name);
    table.columns().stream()
        .filter(column -> column.type().equals(ColumnType.STRING))
        .findFirst()
        .ifPresent(column ->
            statements.add(
                "SELECT "
                    + quoted(column.name())
                    + " FROM "
                    + name
                    + " WHERE "
                    + quoted(column.name())
                    + " = 'a' LIMIT 10"));
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
