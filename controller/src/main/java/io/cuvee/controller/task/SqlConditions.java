package io.cuvee.controller.task;

import io.cuvee.calcite.plan.PlannedStatement;
import io.cuvee.calcite.plan.Planner;
import io.cuvee.calcite.plan.PlannerConfig;
import io.cuvee.calcite.plan.Session;
import io.cuvee.cluster.task.TaskConditions;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Plans SQL conditions over the columns of one table. Thread-safe.
final class SqlConditions implements TaskGenerator.Conditions {
  private final Planner planner = new Planner(PlannerConfig.DEFAULT.withoutCache());

  /// The planner keeps what it knows of a version.
  private final AtomicLong versions = new AtomicLong();

  /// One table.
  private record OneTable(long version, Table only) implements Catalog {
    @Override
    public List<Table> tables() {
      return List.of(only);
    }

    @Override
    public Optional<Table> table(String name) {
      return only.name().equalsIgnoreCase(name) ? Optional.of(only) : Optional.empty();
    }
  }

  @Override
  public String encode(TableConfig table, Schema schema, String sql) {
    Catalog.Table described =
        new Catalog.Table(
            table.logicalName(),
            schema.fields().stream()
                .map(field -> new Catalog.TableColumn(field.name(), field.type(), !field.notNull()))
                .toList(),
            0,
            false);
    try {
      // A comment at its end must not take the bracket with it.
      PlannedStatement planned =
          planner.plan(
              "SELECT 1 FROM \"" + table.logicalName() + "\" WHERE (" + sql + "\n)",
              Session.DEFAULT,
              new OneTable(versions.incrementAndGet(), described));
      return TaskConditions.encode(
          condition(planned.plan().bind(planned.values(List.of())), table.logicalName()));
    } catch (CuveeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + table.logicalName()
              + "': the condition '"
              + sql
              + "' cannot be used: "
              + e.getMessage(),
          e);
    }
  }

  private static SegmentQuery condition(PlanNode root, String table) {
    return switch (root) {
      case PlanNode.Scan scan when scan.query().output() instanceof SegmentQuery.Selection _ ->
          scan.query();
      case PlanNode.Project project -> condition(project.input(), table);
      // It is true of no row.
      case PlanNode.Values values when values.rows().isEmpty() ->
          new SegmentQuery(
              table,
              List.of(),
              List.of(),
              new Expression.Literal(0L, ColumnType.BOOLEAN),
              new SegmentQuery.Selection(List.of(), List.of(), SegmentQuery.NO_LIMIT));
      default ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "it may not have sub-queries. Write it over the columns of the table alone.");
    };
  }
}
