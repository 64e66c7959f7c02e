package io.cuvee.common.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A planned statement: immutable, cached, shared by threads, bound to values for each execution.
///
/// @param root of the operators; its output columns are `columns`
/// @param columns what the client sees
/// @param parameterTypes types of the [Expression.Parameter]s by index
/// @param tables logical tables that are read
/// @param explain the text of the plan for EXPLAIN PLAN FOR and traces, one line an operator
public record QueryPlan(
    PlanNode root,
    List<OutputColumn> columns,
    List<ColumnType> parameterTypes,
    Set<String> tables,
    String explain) {
  public QueryPlan {
    columns = List.copyOf(columns);
    parameterTypes = List.copyOf(parameterTypes);
    tables = Set.copyOf(tables);
  }

  /// A column of the result.
  ///
  /// @param label the alias or the expression's text
  /// @param table logical table if the column is a plain column of one, else null
  public record OutputColumn(
      String label, ColumnType type, boolean nullable, @Nullable String table) {}

  /// The operators with all parameters replaced by `values`, and limits among them pushed into the
  /// scans.
  ///
  /// @param values one a parameter, in the Java form of [Expression.Literal]
  /// @throws CuveeException `INVALID_PARAMETER` if the count differs
  public PlanNode bind(List<?> values) {
    if (values.size() != parameterTypes.size()) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "The statement has "
              + parameterTypes.size()
              + " parameters, but "
              + values.size()
              + " values came.");
    }
    if (parameterTypes.isEmpty()) {
      return root;
    }
    return LimitPushdown.apply(root.mapExpressions(expression -> bound(expression, values)));
  }

  /// A parameter becomes a literal. IN with one array parameter for its candidates becomes IN of
  /// the array's elements.
  private static Expression bound(Expression expression, List<?> values) {
    return switch (expression) {
      case Expression.Parameter parameter ->
          new Expression.Literal(values.get(parameter.index()), parameter.type());
      case Expression.Call call
          when call.function().equals("IN")
              && call.arguments().size() == 2
              && call.arguments().get(1) instanceof Expression.Literal candidates
              && candidates.type().isArray()
              && candidates.value() instanceof List<?> elements -> {
        List<Expression> arguments = new ArrayList<>(elements.size() + 1);
        arguments.add(call.arguments().getFirst());
        for (Object element : elements) {
          arguments.add(new Expression.Literal(element, candidates.type().elementType()));
        }
        yield new Expression.Call("IN", arguments, call.type());
      }
      case Expression.Column column -> column;
      case Expression.Literal literal -> literal;
      case Expression.Call call -> call;
    };
  }
}
