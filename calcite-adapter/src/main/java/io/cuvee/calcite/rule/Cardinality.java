package io.cuvee.calcite.rule;

import io.cuvee.calcite.catalog.CatalogTable;
import io.cuvee.common.catalog.Catalog;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinInfo;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

/// How many rows relational expressions are thought to have, from the rows of the tables and the
/// numbers of values of their columns. Literals are mostly parameters here, so that conditions
/// count by their kind.
final class Cardinality {
  private static final double EQUALITY = 0.05;
  private static final double COMPARISON = 0.4;
  private static final double LIKE = 0.1;
  private static final double IS_NULL = 0.05;
  private static final double OTHER = 0.25;

  /// The rows that a round of a recursive query is thought to give.
  private static final double GIVEN_ROWS = 100;

  /// The least part of the rows that grouping is thought to take away.
  private static final double GROUPED = 0.3;

  double rows(RelNode rel) {
    return Math.max(
        1,
        switch (rel) {
          case TableScan scan ->
              table(scan).map(table -> (double) table.rowCount()).orElse(GIVEN_ROWS);
          case Filter filter ->
              rows(filter.getInput()) * selectivity(filter.getCondition(), filter.getInput());
          case Aggregate aggregate -> groups(aggregate);
          case Join join -> joined(join);
          case Union union -> union.getInputs().stream().mapToDouble(this::rows).sum();
          case Values values -> values.getTuples().size();
          case Sort sort ->
              sort.fetch instanceof RexLiteral limit
                  ? Math.min(rows(sort.getInput()), RexLiteral.intValue(limit))
                  : rows(sort.getInput());
          default -> rel.getInputs().isEmpty() ? 1 : rows(rel.getInput(0));
        });
  }

  /// Absent for the rows that a recursive query reads of itself.
  private static Optional<Catalog.Table> table(TableScan scan) {
    return Optional.ofNullable(scan.getTable().unwrap(CatalogTable.class)).map(CatalogTable::table);
  }

  private double groups(Aggregate aggregate) {
    double input = rows(aggregate.getInput());
    double keys = 1;
    for (int key : aggregate.getGroupSet()) {
      keys *= distinct(aggregate.getInput(), key);
    }
    return Math.min(keys, input * (1 - GROUPED));
  }

  private double joined(Join join) {
    double left = rows(join.getLeft());
    double right = rows(join.getRight());
    JoinInfo info = join.analyzeCondition();
    double values = 1;
    for (int i = 0; i < info.leftKeys.size(); i++) {
      values =
          Math.max(
              values,
              Math.min(
                  Math.max(
                      distinct(join.getLeft(), info.leftKeys.get(i)),
                      distinct(join.getRight(), info.rightKeys.get(i))),
                  Math.max(left, right)));
    }
    double inner = left * right / values;
    return switch (join.getJoinType()) {
      case LEFT -> Math.max(left, inner);
      case RIGHT -> Math.max(right, inner);
      case FULL -> Math.max(left + right, inner);
      case SEMI -> left / 2;
      case ANTI -> left / 2;
      default -> inner;
    };
  }

  /// How many values a column has in the table that it comes from; as many as rows if that is not
  /// known.
  double distinct(RelNode rel, int field) {
    return switch (rel) {
      case TableScan scan -> {
        Optional<Catalog.Table> table = table(scan);
        long known = table.map(t -> t.columns().get(field).distinctCount()).orElse(0L);
        yield known > 0 ? known : rows(scan);
      }
      case Filter filter -> distinct(filter.getInput(), field);
      case Sort sort -> distinct(sort.getInput(), field);
      case Project project ->
          project.getProjects().get(field) instanceof RexInputRef ref
              ? distinct(project.getInput(), ref.getIndex())
              : rows(project.getInput());
      case Aggregate aggregate ->
          field < aggregate.getGroupCount()
              ? distinct(aggregate.getInput(), aggregate.getGroupSet().nth(field))
              : rows(aggregate);
      case Join join -> {
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        yield field < leftWidth
            ? distinct(join.getLeft(), field)
            : distinct(join.getRight(), field - leftWidth);
      }
      default -> rows(rel);
    };
  }

  /// The rows of the table that an input reads, without its filters; of anything else, its rows.
  double tableRows(RelNode rel) {
    return switch (rel) {
      case TableScan scan -> rows(scan);
      case Filter filter -> tableRows(filter.getInput());
      case Project project -> tableRows(project.getInput());
      default -> rows(rel);
    };
  }

  /// The part of the rows for which a condition is thought to hold, knowing nothing of its columns.
  double selectivity(RexNode condition) {
    return selectivity(condition, null);
  }

  private double selectivity(RexNode condition, @Nullable RelNode input) {
    if (!(condition instanceof RexCall call)) {
      return condition.isAlwaysTrue() ? 1 : condition.isAlwaysFalse() ? 0 : OTHER;
    }
    List<RexNode> operands = call.getOperands();
    return switch (call.getKind()) {
      case AND -> {
        double all = 1;
        for (RexNode operand : operands) {
          all *= selectivity(operand, input);
        }
        yield all;
      }
      case OR -> {
        double none = 1;
        for (RexNode operand : operands) {
          none *= 1 - selectivity(operand, input);
        }
        yield 1 - none;
      }
      case NOT -> 1 - selectivity(operands.getFirst(), input);
      case EQUALS, IS_NOT_DISTINCT_FROM -> one(operands, input);
      case NOT_EQUALS, IS_DISTINCT_FROM -> 1 - one(operands, input);
      case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> COMPARISON;
      case BETWEEN -> COMPARISON * COMPARISON;
      case SEARCH -> COMPARISON;
      case LIKE -> LIKE;
      case IS_NULL -> IS_NULL;
      case IS_NOT_NULL -> 1 - IS_NULL;
      default ->
          call.getOperator().getName().equals("IN")
              ? Math.min(0.5, (operands.size() - 1) * one(operands, input))
              : OTHER;
    };
  }

  /// The part of the rows that have one value of a column.
  private double one(List<RexNode> operands, @Nullable RelNode input) {
    if (input != null) {
      for (RexNode operand : operands) {
        if (operand instanceof RexInputRef ref) {
          double distinct = distinct(input, ref.getIndex());
          double rows = tableRows(input);
          // As many values as rows is what is said of columns of which nothing is known.
          return distinct < rows ? 1 / distinct : EQUALITY;
        }
      }
    }
    return EQUALITY;
  }
}
