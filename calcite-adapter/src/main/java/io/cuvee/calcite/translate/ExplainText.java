package io.cuvee.calcite.translate;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The text of a plan: one operator a line, inputs indented below. What a `Scan` shows is done by
/// the servers, the rest by the broker. Columns of tables have their names, columns of operators
/// their positions, as `$0`.
public final class ExplainText {
  private final StringBuilder text = new StringBuilder();
  private final Function<PlanNode.Scan, List<String>> below;

  private ExplainText(Function<PlanNode.Scan, List<String>> below) {
    this.below = below;
  }

  public static String of(PlanNode root) {
    return of(root, scan -> List.of());
  }

  /// @param below lines to put below a scan
  public static String of(PlanNode root, Function<PlanNode.Scan, List<String>> below) {
    ExplainText explain = new ExplainText(below);
    explain.node(root, 0);
    return explain.text.toString();
  }

  private void node(PlanNode node, int depth) {
    text.append("  ".repeat(depth));
    switch (node) {
      case PlanNode.Scan scan -> scan(scan.query());
      case PlanNode.Values values -> {
        text.append("Values");
        part("rows", Integer.toString(values.rows().size()));
        if (values.rows().size() <= 3) {
          for (List<Expression> row : values.rows()) {
            text.append(' ').append(list(row, ExplainText::position));
          }
        }
      }
      case PlanNode.Filter filter -> {
        text.append("Filter");
        part("condition", expression(filter.condition(), ExplainText::position));
      }
      case PlanNode.Project project -> {
        text.append("Project");
        part("columns", list(project.expressions(), ExplainText::position));
      }
      case PlanNode.MergeAggregate merge -> {
        text.append("MergeAggregate");
        part("keys", Integer.toString(merge.keyCount()));
        if (!merge.aggregates().isEmpty()) {
          part(
              "aggregates",
              merge.aggregates().stream()
                  .map(AggregateCall::function)
                  .collect(Collectors.joining(", ", "[", "]")));
        }
      }
      case PlanNode.Aggregate aggregate -> {
        text.append("Aggregate");
        part("keys", list(aggregate.groupKeys(), ExplainText::position));
        if (aggregate.groupingSets().size() > 1
            || aggregate.groupingSets().getFirst().size() != aggregate.groupKeys().size()) {
          part("sets", aggregate.groupingSets().toString());
        }
        calls(aggregate.aggregates(), ExplainText::position);
      }
      case PlanNode.Sort sort -> {
        text.append(sort.order().isEmpty() ? "Limit" : "Sort");
        if (!sort.order().isEmpty()) {
          part("order", order(sort.order(), ExplainText::position));
        }
        optional("offset", sort.offset());
        optional("limit", sort.limit());
      }
      case PlanNode.Join join -> {
        text.append("Join");
        part("kind", join.kind().name());
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < join.leftKeys().size(); i++) {
          keys.add(
              "left "
                  + position(join.leftKeys().get(i))
                  + " = right "
                  + position(join.rightKeys().get(i)));
        }
        if (!keys.isEmpty()) {
          part("on", keys.toString());
        }
        optional("where", join.residual());
        PlanNode.Join.Nearest nearest = join.nearest();
        if (nearest != null) {
          part(
              "nearest",
              "left "
                  + position(nearest.leftValue())
                  + (nearest.before() ? " >" : " <")
                  + (nearest.orEqual() ? "= right " : " right ")
                  + position(nearest.rightValue()));
        }
      }
      case PlanNode.SetOperation set -> {
        text.append(set.kind()).append(set.all() ? " ALL" : "");
      }
      case PlanNode.LookupJoin join -> {
        text.append("LookupJoin");
        part("keys", join.keys().stream().map(ExplainText::position).toList().toString());
      }
      case PlanNode.Unnest unnest -> {
        text.append("Unnest");
        part("column", position(unnest.column()));
        if (unnest.keepsEmpty()) {
          part("empty", "kept");
        }
        if (unnest.withOrdinality()) {
          part("with", "ordinality");
        }
      }
      case PlanNode.Given given -> {
        text.append("Given");
        part("by", Integer.toString(given.number()));
      }
      case PlanNode.Shared shared -> {
        text.append("Shared");
        part("number", Integer.toString(shared.number()));
      }
      case PlanNode.Recursion recursion -> {
        text.append(recursion.all() ? "Recursion ALL" : "Recursion");
        part("number", Integer.toString(recursion.number()));
      }
      case PlanNode.Lateral lateral -> {
        text.append("Lateral");
        part("number", Integer.toString(lateral.number()));
        if (lateral.keepsUnmatched()) {
          part("unmatched", "kept");
        }
      }
      case PlanNode.Window window -> {
        text.append("Window");
        if (!window.partitionKeys().isEmpty()) {
          part(
              "partition",
              window.partitionKeys().stream().map(ExplainText::position).toList().toString());
        }
        if (!window.order().isEmpty()) {
          part("order", order(window.order(), ExplainText::position));
        }
        part("frame", frame(window.frame()));
        calls(window.calls(), ExplainText::position);
      }
    }
    text.append('\n');
    if (node instanceof PlanNode.Scan scan) {
      for (String line : below.apply(scan)) {
        text.append("  ".repeat(depth + 1)).append(line).append('\n');
      }
    }
    for (PlanNode input : shownInputs(node)) {
      node(input, depth + 1);
    }
  }

  /// The other way to compute a lookup join stands for itself.
  private static List<PlanNode> shownInputs(PlanNode node) {
    if (!(node instanceof PlanNode.LookupJoin join)) {
      return node.inputs();
    }
    List<PlanNode> inputs = new ArrayList<>(join.sides());
    inputs.addFirst(join.pushed());
    return inputs;
  }

  private void scan(SegmentQuery query) {
    IntFunction<String> names = query.columns()::get;
    text.append("Scan");
    part("table", query.table());
    part("columns", query.columns().toString());
    if (query.filter() != null) {
      part("filter", expression(query.filter(), names));
    }
    switch (query.output()) {
      case SegmentQuery.Selection selection -> {
        part("select", list(selection.projections(), names));
        pushedLimit(
            selection.order(),
            selection.limit(),
            position -> expression(selection.projections().get(position), names));
      }
      case SegmentQuery.Aggregation aggregation -> {
        part("groupBy", list(aggregation.groupKeys(), names));
        calls(aggregation.aggregates(), names);
        pushedLimit(
            aggregation.order(),
            aggregation.limit(),
            position -> expression(aggregation.groupKeys().get(position), names));
      }
    }
  }

  private void pushedLimit(List<SortKey> order, long limit, IntFunction<String> names) {
    if (!order.isEmpty()) {
      part("order", order(order, names));
    }
    if (limit != SegmentQuery.NO_LIMIT) {
      part("limit", Long.toString(limit));
    }
  }

  private void part(String name, String value) {
    text.append(' ').append(name).append('=').append(value);
  }

  private void optional(String name, @Nullable Expression expression) {
    if (expression != null) {
      part(name, expression(expression, ExplainText::position));
    }
  }

  private void calls(List<AggregateCall> calls, IntFunction<String> names) {
    if (!calls.isEmpty()) {
      part(
          "aggregates",
          calls.stream()
              .map(call -> call(call, names))
              .collect(Collectors.joining(", ", "[", "]")));
    }
  }

  private static String call(AggregateCall call, IntFunction<String> names) {
    String arguments =
        call.arguments().isEmpty() && call.function().equals("COUNT")
            ? "*"
            : call.arguments().stream()
                .map(argument -> expression(argument, names))
                .collect(Collectors.joining(", "));
    return call.function()
        + "("
        + (call.distinct() ? "DISTINCT " : "")
        + arguments
        + ")"
        + (call.filter() == null ? "" : " FILTER (" + expression(call.filter(), names) + ")");
  }

  private static String order(List<SortKey> order, IntFunction<String> names) {
    return order.stream()
        .map(key ->
            names.apply(key.column())
                + (key.descending() ? " DESC" : " ASC")
                + (key.nullsFirst() ? " NULLS FIRST" : " NULLS LAST"))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String frame(PlanNode.Window.Frame frame) {
    return frame.unit()
        + " "
        + bound(frame.start(), frame.startColumn())
        + " TO "
        + bound(frame.end(), frame.endColumn())
        + switch (frame.excluded()) {
          case NOTHING -> "";
          case CURRENT_ROW -> " WITHOUT CURRENT";
          case GROUP -> " WITHOUT GROUP";
          case TIES -> " WITHOUT TIES";
        };
  }

  private static String bound(long offset, int column) {
    if (column != PlanNode.Window.Frame.NONE) {
      return position(column);
    }
    if (offset == Long.MIN_VALUE) {
      return "START";
    }
    if (offset == Long.MAX_VALUE) {
      return "END";
    }
    return offset == 0 ? "CURRENT" : Math.abs(offset) + (offset < 0 ? " BEFORE" : " AFTER");
  }

  private static String position(int index) {
    return "$" + index;
  }

  private static String list(List<Expression> expressions, IntFunction<String> names) {
    return expressions.stream()
        .map(expression -> expression(expression, names))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String expression(Expression expression, IntFunction<String> names) {
    return switch (expression) {
      case Expression.Column column -> names.apply(column.index());
      case Expression.Literal literal -> literal.toString();
      case Expression.Parameter parameter -> "?" + parameter.index();
      case Expression.Call call when call.function().equals("CAST") ->
          "CAST(" + expression(call.arguments().getFirst(), names) + " AS " + call.type() + ")";
      case Expression.Call call ->
          call.function()
              + call.arguments().stream()
                  .map(argument -> expression(argument, names))
                  .collect(Collectors.joining(", ", "(", ")"));
    };
  }
}
