package io.cuvee.calcite.translate;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a relational expression was translated to so far: rows of one table, on which more can
/// still be pushed to the servers, or a plan of the broker.
sealed interface Relation {
  /// What the fields stand for, for expressions above.
  List<Expression> fields();

  /// The finished plan, with one column for each field.
  PlanNode plan();

  /// A plan of the broker.
  record Planned(PlanNode plan) implements Relation {
    @Override
    public List<Expression> fields() {
      return columnsOf(plan.types());
    }
  }

  /// Rows of a table. The expressions are over the table's columns, by their position in the
  /// catalog.
  record TableRows(Catalog.Table table, @Nullable Expression filter, List<Expression> fields)
      implements Relation {
    static TableRows all(Catalog.Table table) {
      List<ColumnType> types = new ArrayList<>();
      table.columns().forEach(column -> types.add(column.type()));
      return new TableRows(table, null, columnsOf(types));
    }

    TableRows and(Expression condition) {
      return new TableRows(
          table,
          filter == null ? condition : Typing.connect("AND", List.of(filter, condition)),
          fields);
    }

    TableRows with(List<Expression> newFields) {
      return new TableRows(table, filter, newFields);
    }

    @Override
    public PlanNode plan() {
      return new PlanNode.Scan(
          query(new SegmentQuery.Selection(fields, List.of(), SegmentQuery.NO_LIMIT)));
    }

    PlanNode.Scan scan(SegmentQuery.Output output) {
      return new PlanNode.Scan(query(output));
    }

    private SegmentQuery query(SegmentQuery.Output output) {
      List<String> names = new ArrayList<>();
      List<ColumnType> types = new ArrayList<>();
      for (Catalog.TableColumn column : table.columns()) {
        names.add(column.name());
        types.add(column.type());
      }
      return ScanColumns.withoutUnused(
          new SegmentQuery(table.name(), names, types, filter, output));
    }
  }

  /// A column expression for each type, in order.
  static List<Expression> columnsOf(List<ColumnType> types) {
    List<Expression> columns = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      columns.add(new Expression.Column(i, types.get(i)));
    }
    return List.copyOf(columns);
  }
}
