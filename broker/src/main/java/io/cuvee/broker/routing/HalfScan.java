package io.cuvee.broker.routing;

import io.cuvee.cluster.state.TimeBoundary;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;

/// What a query asks of one physical table.
///
/// @param query of the rows that this half answers for
public record HalfScan(TableRouting routing, SegmentQuery query) {
  /// The part of a query that a half of a table of two halves answers.
  static HalfScan of(TableRouting routing, SegmentQuery query, TimeBoundary boundary) {
    boolean isOffline = routing.physicalTable().endsWith("_" + TableType.OFFLINE);
    List<String> columns = new ArrayList<>(query.columns());
    List<ColumnType> types = new ArrayList<>(query.columnTypes());
    String name = boundary.field().name();
    ColumnType type = boundary.field().type();
    if (!columns.contains(name)) {
      columns.add(name);
      types.add(type);
    }
    Expression time = new Expression.Column(columns.indexOf(name), type);
    List<Expression> choices = new ArrayList<>();
    if (boundary.value().isPresent()) {
      Expression value = new Expression.Literal(boundary.value().getAsLong(), type);
      choices.add(call(isOffline ? "LE" : "GT", time, value));
    } else if (!isOffline) {
      // Nothing with a time is uploaded.
      return new HalfScan(routing, query);
    }
    if (choices.isEmpty() || !boundary.field().notNull()) {
      choices.add(call("IS_NULL", time));
    }
    Expression mine =
        choices.size() == 1 ? choices.getFirst() : call("OR", choices.toArray(Expression[]::new));
    return new HalfScan(
        routing,
        new SegmentQuery(
            query.table(),
            columns,
            types,
            query.filter() == null ? mine : call("AND", query.filter(), mine),
            query.output()));
  }

  private static Expression call(String function, Expression... arguments) {
    return Expression.call(function, ColumnType.BOOLEAN, arguments);
  }
}
