package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.parser.GroupsFrame;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.WindowFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.AggregateOrder;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexWindow;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeUtil;

/// Window functions. A projection that holds some becomes: the input with the keys that are
/// computed, one window operator for each partitioning, order and frame, then the projection.
final class WindowTranslator {
  private final ExpressionTranslator expressions;

  WindowTranslator(ExpressionTranslator expressions) {
    this.expressions = expressions;
  }

  PlanNode translate(Project project, PlanNode input) {
    return new Build(input).translate(project);
  }

  private record Specification(
      List<Integer> partitionKeys, List<SortKey> order, PlanNode.Window.Frame frame) {}

  /// A call, which is the same as an equal one unless it reads random values.
  private record Call(RexOver over, int identity) {
    static Call of(RexOver over) {
      return new Call(over, RexUtil.isDeterministic(over) ? 0 : System.identityHashCode(over));
    }
  }

  private final class Build {
    private final PlanNode input;
    private final List<Expression> columns;
    private final Map<Specification, List<AggregateCall>> calls = new LinkedHashMap<>();
    private final Map<Call, Use> uses = new LinkedHashMap<>();

    /// @param zeroIfEmpty whether NULL becomes 0
    private record Use(Specification window, int position, boolean zeroIfEmpty) {}

    Build(PlanNode input) {
      this.input = input;
      this.columns = new ArrayList<>(Relation.columnsOf(input.types()));
    }

    PlanNode translate(Project project) {
      List<Expression> inputs = Relation.columnsOf(input.types());
      for (RexNode node : project.getProjects()) {
        node.accept(
            new RexShuttle() {
              @Override
              public RexNode visitOver(RexOver over) {
                uses.computeIfAbsent(Call.of(over), o -> use(over, inputs));
                return over;
              }
            });
      }
      PlanNode plan = Plans.project(input, columns);
      Map<Specification, Integer> firstColumns = new LinkedHashMap<>();
      for (Map.Entry<Specification, List<AggregateCall>> window : calls.entrySet()) {
        firstColumns.put(window.getKey(), plan.types().size());
        plan =
            new PlanNode.Window(
                plan,
                window.getKey().partitionKeys(),
                window.getKey().order(),
                window.getKey().frame(),
                window.getValue());
      }
      return Plans.project(plan, outputs(project, plan, firstColumns));
    }

    /// The projections over the input's columns and, behind them, the results of the windows.
    private List<Expression> outputs(
        Project project, PlanNode plan, Map<Specification, Integer> firstColumns) {
      List<Expression> results = new ArrayList<>(Relation.columnsOf(input.types()));
      Map<Call, Integer> positions = new LinkedHashMap<>();
      List<Expression> all = Relation.columnsOf(plan.types());
      uses.forEach((call, use) -> {
        Expression value =
            all.get(Objects.requireNonNull(firstColumns.get(use.window())) + use.position());
        if (use.zeroIfEmpty()) {
          value =
              Expression.call(
                  "COALESCE",
                  value.type(),
                  value,
                  expressions.typing().as(Literals.integer(0), value.type()));
        }
        positions.put(call, results.size());
        results.add(expressions.typing().as(value, Types.columnType(call.over().getType())));
      });
      RexShuttle replace =
          new RexShuttle() {
            @Override
            public RexNode visitOver(RexOver over) {
              return new RexInputRef(
                  Objects.requireNonNull(positions.get(Call.of(over))), over.getType());
            }
          };
      return expressions.translateAll(
          project.getProjects().stream().map(node -> node.accept(replace)).toList(), results);
    }

    private Use use(RexOver over, List<Expression> inputs) {
      RexWindow window = over.getWindow();
      List<Integer> partitionKeys = new ArrayList<>();
      for (RexNode key : window.partitionKeys) {
        partitionKeys.add(position(expressions.translate(key, inputs)));
      }
      List<SortKey> order = new ArrayList<>();
      for (RexFieldCollation key : window.orderKeys) {
        if (isGroupsMark(key)) {
          continue;
        }
        boolean descending = key.getDirection().isDescending();
        boolean nullsFirst =
            switch (key.getNullDirection()) {
              case FIRST -> true;
              case LAST -> false;
              case UNSPECIFIED -> descending;
            };
        order.add(
            new SortKey(position(expressions.translate(key.left, inputs)), descending, nullsFirst));
      }
      PlanNode.Window.Frame frame =
          WindowFunctions.looksAtFrame(over.getAggOperator().getName())
              ? frame(window, order)
              : new PlanNode.Window.Frame(
                  over.getAggOperator().getKind() == SqlKind.ROW_NUMBER, Long.MIN_VALUE, 0);
      Specification specification = new Specification(partitionKeys, order, frame);
      List<AggregateCall> list = calls.computeIfAbsent(specification, s -> new ArrayList<>());
      boolean zero = over.getAggOperator().getKind() == SqlKind.SUM0;
      list.add(call(over, zero, inputs));
      return new Use(specification, list.size() - 1, zero);
    }

    private static boolean isGroupsMark(RexFieldCollation key) {
      return key.left instanceof RexLiteral literal
          && SqlTypeUtil.inCharFamily(literal.getType())
          && GroupsFrame.MARK.equals(RexLiteral.stringValue(literal));
    }

    private int position(Expression value) {
      Expression key = value.type().isArray() ? Typing.sortKey(value) : value;
      int index = columns.indexOf(key);
      if (index < 0) {
        columns.add(key);
        return columns.size() - 1;
      }
      return index;
    }

    private AggregateCall call(RexOver over, boolean zero, List<Expression> inputs) {
      ColumnType type = Types.columnType(over.getType());
      List<Expression> arguments =
          new ArrayList<>(expressions.translateAll(over.getOperands(), inputs));
      String name = over.getAggOperator().getName();
      String function =
          zero
              ? AggregateFunctions.SUM
              : WindowFunctions.ALL.contains(name)
                  ? name
                  : AggregateTranslator.function(over.getAggOperator());
      switch (function) {
        case WindowFunctions.LAG, WindowFunctions.LEAD -> {
          arguments.set(0, expressions.typing().as(arguments.get(0), type));
          if (arguments.size() > 2) {
            arguments.set(2, expressions.typing().as(arguments.get(2), type));
          }
        }
        case WindowFunctions.ROW_NUMBER,
            WindowFunctions.RANK,
            WindowFunctions.DENSE_RANK,
            WindowFunctions.NTILE,
            AggregateFunctions.COUNT ->
            type = ColumnType.LONG;
        case WindowFunctions.NTH_VALUE -> {
          type = arguments.getFirst().type();
          arguments.set(1, expressions.typing().as(arguments.get(1), ColumnType.LONG));
        }
        case WindowFunctions.FIRST_VALUE,
            WindowFunctions.LAST_VALUE,
            AggregateFunctions.MIN,
            AggregateFunctions.MAX,
            AggregateFunctions.ANY_VALUE,
            AggregateFunctions.ARG_MIN,
            AggregateFunctions.ARG_MAX ->
            type = arguments.getFirst().type();
        case AggregateFunctions.ARRAY_AGG, AggregateFunctions.STRING_AGG -> {
          int order = arguments.size() - 1;
          if (arguments.get(order).equals(Literals.text(AggregateOrder.BY_VALUE))) {
            arguments.set(order, Literals.text(AggregateOrder.AS_ROWS_COME));
          }
        }
        case AggregateFunctions.MODE, AggregateFunctions.QUANTILE_DISC ->
            type = arguments.getFirst().type().elementType();
        default -> {}
      }
      return new AggregateCall(
          over.ignoreNulls() ? function + WindowFunctions.IGNORE_NULLS : function,
          arguments,
          over.isDistinct(),
          null,
          type);
    }

    /// May change the order to one by the same values in another type.
    private PlanNode.Window.Frame frame(RexWindow window, List<SortKey> order) {
      PlanNode.Window.Excluded excluded = excluded(window.getExclude());
      boolean rows = window.isRows();
      if (!rows && order.isEmpty()) {
        // Without an order all rows are peers.
        return new PlanNode.Window.Frame(
            PlanNode.Window.Unit.RANGE,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            PlanNode.Window.Frame.NONE,
            PlanNode.Window.Frame.NONE,
            excluded);
      }
      RexWindowBound lower = window.getLowerBound();
      RexWindowBound upper = window.getUpperBound();
      if (rows || lower.getOffset() == null && upper.getOffset() == null) {
        boolean groups = rows && window.orderKeys.stream().anyMatch(Build::isGroupsMark);
        return new PlanNode.Window.Frame(
            groups
                ? PlanNode.Window.Unit.GROUPS
                : rows ? PlanNode.Window.Unit.ROWS : PlanNode.Window.Unit.RANGE,
            bound(lower),
            bound(upper),
            PlanNode.Window.Frame.NONE,
            PlanNode.Window.Frame.NONE,
            excluded);
      }
      if (order.size() != 1) {
        throw unsupported("A window frame RANGE with a distance and several sort keys");
      }
      FrameDistance distance =
          new FrameDistance(columns.get(order.getFirst().column()), order.getFirst().descending());
      order.set(
          0,
          new SortKey(
              position(distance.key()),
              order.getFirst().descending(),
              order.getFirst().nullsFirst()));
      return new PlanNode.Window.Frame(
          PlanNode.Window.Unit.RANGE,
          lower.getOffset() == null ? bound(lower) : lower.isPreceding() ? -1 : 1,
          upper.getOffset() == null ? bound(upper) : upper.isPreceding() ? -1 : 1,
          lower.getOffset() == null
              ? PlanNode.Window.Frame.NONE
              : position(distance.edge(lower, true)),
          upper.getOffset() == null
              ? PlanNode.Window.Frame.NONE
              : position(distance.edge(upper, false)),
          excluded);
    }
  }

  private static PlanNode.Window.Excluded excluded(RexWindowExclusion exclusion) {
    return switch (exclusion) {
      case EXCLUDE_NO_OTHER -> PlanNode.Window.Excluded.NOTHING;
      case EXCLUDE_CURRENT_ROW -> PlanNode.Window.Excluded.CURRENT_ROW;
      case EXCLUDE_GROUP -> PlanNode.Window.Excluded.GROUP;
      case EXCLUDE_TIES -> PlanNode.Window.Excluded.TIES;
    };
  }

  private static long bound(RexWindowBound bound) {
    if (bound.isUnbounded()) {
      return bound.isPreceding() ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    if (bound.isCurrentRow()) {
      return 0;
    }
    BigDecimal value = FrameDistance.constant(bound);
    if (value.precision() - value.scale() > 18) {
      // As good as unbounded.
      return bound.isPreceding() ? -Integer.MAX_VALUE : Integer.MAX_VALUE;
    }
    return bound.isPreceding() ? -value.longValueExact() : value.longValueExact();
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported.");
  }
}
