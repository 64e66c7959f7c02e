package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.AggregateOperators;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.WindowFunctions;
import io.cuvee.common.plan.AggregateOrder;
import io.cuvee.common.plan.SortKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/// Rewrites calls of aggregates that say in another way what ours say.
final class AggregateRewrite {
  private static final Pattern PERCENTILE = Pattern.compile("PERCENTILE(\\d{1,2}|100)");

  private AggregateRewrite() {}

  /// The same in terms of our aggregates; absent if the call is none of these.
  static @Nullable SqlNode apply(SqlCall call, String name) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    return switch (name) {
      case "COUNT_IF", "COUNTIF" ->
          operands.size() == 1 ? countIf(position, operands.getFirst(), call) : null;
      case "FIRST", "LAST" ->
          // The grammar knows them from MATCH_RECOGNIZE, with a count of rows.
          operands.size() == 2
                  && operands.get(1) instanceof SqlLiteral count
                  && count.bigDecimalValue().signum() == 0
              ? AggregateOperators.of(AggregateFunctions.ANY_VALUE)
                  .createCall(position, operands.getFirst())
              : null;
      case "SUM0" ->
          SqlStdOperatorTable.SUM0.createCall(call.getFunctionQuantifier(), position, operands);
      case "FIRST_WITH_TIME", "FIRSTWITHTIME" ->
          withTime(AggregateFunctions.ARG_MIN, call, name, operands);
      case "LAST_WITH_TIME", "LASTWITHTIME" ->
          withTime(AggregateFunctions.ARG_MAX, call, name, operands);
      case "MEDIAN" ->
          operands.size() == 1
              ? quantile(
                  AggregateFunctions.QUANTILE_CONT,
                  call,
                  operands.getFirst(),
                  SqlLiteral.createExactNumeric("0.5", position),
                  false)
              : null;
      case "QUANTILE_CONT", "PERCENTILE_CONT" -> quantile(AggregateFunctions.QUANTILE_CONT, call);
      case "QUANTILE", "QUANTILE_DISC", "PERCENTILE_DISC" ->
          quantile(AggregateFunctions.QUANTILE_DISC, call);
      case "STRING_AGG", "LISTAGG", "GROUP_CONCAT" -> texts(call, operands, null);
      case "ARRAY_AGG", "ARRAYAGG", "LIST" -> arrays(call, operands, null);
      case "HISTOGRAM" -> operands.size() > 1 ? Bins.of(call).counts() : null;
      default -> {
        SqlNode sketch = SketchRewrite.apply(call, name);
        yield sketch == null ? percentile(call, name) : sketch;
      }
    };
  }

  /// A call with WITHIN GROUP in terms of our aggregates.
  static SqlNode withinGroup(SqlCall call, SqlNodeList order) {
    String name =
        call.getOperator() instanceof SqlFunction function
            ? function.getName().toUpperCase(Locale.ROOT)
            : "";
    List<SqlNode> operands = call.getOperandList();
    SqlNode rewritten =
        switch (name) {
          case "PERCENTILE_CONT", "QUANTILE_CONT" ->
              quantile(AggregateFunctions.QUANTILE_CONT, call, order, operands);
          case "PERCENTILE_DISC", "QUANTILE_DISC" ->
              quantile(AggregateFunctions.QUANTILE_DISC, call, order, operands);
          case "STRING_AGG", "LISTAGG", "GROUP_CONCAT" -> texts(call, operands, order);
          case "ARRAY_AGG", "ARRAYAGG", "LIST" -> arrays(call, operands, order);
          case "MODE" ->
              order.size() == 1 && operands.isEmpty()
                  ? own(AggregateFunctions.MODE, call, List.of(OrderItem.of(order.get(0)).key()))
                  : null;
          default -> null;
        };
    if (rewritten == null) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          name
              + " with WITHIN GROUP is not supported so. Write PERCENTILE_CONT(fraction),"
              + " PERCENTILE_DISC(fraction) or MODE() WITHIN GROUP (ORDER BY key), or"
              + " LISTAGG(value, separator) WITHIN GROUP (ORDER BY keys).");
    }
    return rewritten;
  }

  /// `STRING_AGG(value [, separator] [ORDER BY keys])`.
  ///
  /// @param order of WITHIN GROUP; absent if it may stand among the operands
  private static @Nullable SqlNode texts(
      SqlCall call, List<SqlNode> operands, @Nullable SqlNodeList order) {
    List<SqlNode> plain = withoutOrder(operands);
    if (plain.isEmpty() || plain.size() > 2) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode separator =
        plain.size() == 2 ? plain.get(1) : SqlLiteral.createCharString(",", position);
    if (separator.getKind() == SqlKind.SEPARATOR) {
      separator = ((SqlCall) separator).operand(0);
    }
    return ordered(
        AggregateFunctions.STRING_AGG,
        call,
        plain.getFirst(),
        order == null ? orderIn(operands) : order,
        separator);
  }

  /// `ARRAY_AGG(value [ORDER BY keys])`, or with a type and TRUE for DISTINCT as Pinot has it.
  private static @Nullable SqlNode arrays(
      SqlCall call, List<SqlNode> operands, @Nullable SqlNodeList order) {
    List<SqlNode> plain = withoutOrder(operands);
    SqlCall distinct = call;
    if (plain.isEmpty() || plain.size() > 3) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode value = plain.getFirst();
    if (plain.size() > 1) {
      if (!(plain.get(1) instanceof SqlCharStringLiteral type)) {
        return null;
      }
      value =
          SqlStdOperatorTable.CAST.createCall(
              position,
              value,
              SyntaxRewrite.type(text(type).strip().toUpperCase(Locale.ROOT), position));
    }
    if (plain.size() == 3 && plain.get(2) instanceof SqlLiteral flag && flag.booleanValue()) {
      distinct =
          call.getOperator()
              .createCall(SqlSelectKeyword.DISTINCT.symbol(position), position, operands);
    }
    return ordered(
        AggregateFunctions.ARRAY_AGG, distinct, value, order == null ? orderIn(operands) : order);
  }

  private static List<SqlNode> withoutOrder(List<SqlNode> operands) {
    return operands.stream().filter(operand -> !(operand instanceof SqlNodeList)).toList();
  }

  private static @Nullable SqlNodeList orderIn(List<SqlNode> operands) {
    return operands.stream()
        .filter(SqlNodeList.class::isInstance)
        .map(SqlNodeList.class::cast)
        .findFirst()
        .orElse(null);
  }

  /// The value, what it is ordered by, the constants, and the order as a text.
  private static SqlNode ordered(
      String function,
      SqlCall call,
      SqlNode value,
      @Nullable SqlNodeList order,
      SqlNode... constants) {
    List<SqlNode> operands = new ArrayList<>();
    operands.add(value);
    List<SortKey> keys = new ArrayList<>();
    for (SqlNode node : order == null ? List.<SqlNode>of() : order) {
      OrderItem item = OrderItem.of(node);
      int column = 0;
      while (column < operands.size()
          && !operands.get(column).equalsDeep(item.key(), Litmus.IGNORE)) {
        column++;
      }
      if (column == operands.size()) {
        operands.add(item.key());
      }
      keys.add(new SortKey(column, item.descending(), item.nullsFirst()));
    }
    SqlLiteral quantifier = call.getFunctionQuantifier();
    if (operands.size() > 1
        && quantifier != null
        && quantifier.getValue() == SqlSelectKeyword.DISTINCT) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          function + "(DISTINCT …) can only be ordered by the value that it collects.");
    }
    operands.addAll(List.of(constants));
    operands.add(
        SqlLiteral.createCharString(
            keys.isEmpty() ? AggregateOrder.BY_VALUE : AggregateOrder.text(keys),
            call.getParserPosition()));
    return own(function, call, operands);
  }

  private static @Nullable SqlNode quantile(
      String function, SqlCall call, SqlNodeList order, List<SqlNode> operands) {
    if (order.size() != 1 || operands.size() != 1) {
      return null;
    }
    OrderItem item = OrderItem.of(order.get(0));
    return quantile(function, call, item.key(), operands.getFirst(), item.descending());
  }

  /// `f(x, fraction)`.
  private static @Nullable SqlNode quantile(String function, SqlCall call) {
    return call.operandCount() == 2
        ? quantile(function, call, call.operand(0), call.operand(1), false)
        : null;
  }

  /// One quantile, or the array of several.
  private static SqlNode quantile(
      String function, SqlCall call, SqlNode value, SqlNode fraction, boolean descending) {
    if (fraction.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      List<SqlNode> quantiles = new ArrayList<>();
      for (SqlNode one : ((SqlCall) fraction).getOperandList()) {
        quantiles.add(quantile(function, call, Expansion.copy(value), one, descending));
      }
      return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(
          call.getParserPosition(), quantiles);
    }
    return own(
        function,
        call,
        List.of(value, fraction, SqlLiteral.createBoolean(descending, call.getParserPosition())));
  }

  /// Pinot's `PERCENTILE95(x)` and `PERCENTILE(x, 95)`.
  private static @Nullable SqlNode percentile(SqlCall call, String name) {
    Matcher matcher = PERCENTILE.matcher(name);
    if (!matcher.matches() || call.operandCount() != 1) {
      return null;
    }
    SqlNode percent = SqlLiteral.createExactNumeric(matcher.group(1), call.getParserPosition());
    return own(AggregateFunctions.PERCENTILE, call, List.of(call.operand(0), percent));
  }

  static SqlNode own(String function, SqlCall call, List<SqlNode> operands) {
    return AggregateOperators.of(function)
        .createCall(call.getFunctionQuantifier(), call.getParserPosition(), operands);
  }

  /// One key of an ORDER BY, without what stands around it.
  private record OrderItem(SqlNode key, boolean descending, boolean nullsFirst) {
    static OrderItem of(SqlNode node) {
      SqlNode key = node;
      Boolean first = null;
      boolean descending = false;
      while (key instanceof SqlCall call) {
        switch (call.getKind()) {
          case NULLS_FIRST -> first = true;
          case NULLS_LAST -> first = false;
          case DESCENDING -> descending = true;
          default -> {
            return new OrderItem(key, descending, first == null ? descending : first);
          }
        }
        key = call.operand(0);
      }
      return new OrderItem(key, descending, first == null ? descending : first);
    }
  }

  static String text(SqlCharStringLiteral literal) {
    return Objects.requireNonNull(literal.toValue());
  }

  private static SqlNode countIf(SqlParserPos position, SqlNode condition, SqlCall call) {
    SqlNode one =
        new SqlCase(
            position,
            null,
            SqlNodeList.of(condition),
            SqlNodeList.of(SqlLiteral.createExactNumeric("1", position)),
            SqlLiteral.createNull(position));
    return SqlStdOperatorTable.COUNT.createCall(call.getFunctionQuantifier(), position, one);
  }

  private static SqlNode withTime(
      String function, SqlCall call, String name, List<SqlNode> operands) {
    if (operands.size() != 3 || !(operands.get(2) instanceof SqlCharStringLiteral literal)) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION,
          name
              + " takes a value, a time and the name of a type, as in FIRST_WITH_TIME(x, t, 'INT').");
    }
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(
        SqlStdOperatorTable.CAST.createCall(
            position,
            operands.get(0),
            SyntaxRewrite.type(text(literal).strip().toUpperCase(Locale.ROOT), position)));
    arguments.add(operands.get(1));
    return own(function, call, arguments);
  }

  /// An aggregate over the rows for which a condition is true, for where FILTER cannot stand: its
  /// arguments are NULL in the others, and all aggregates leave NULLs out. Constants and the order
  /// of STRING_AGG stay as they are.
  static SqlNode filtered(SqlCall aggregate, SqlNode condition) {
    String name = aggregate.getOperator().getName();
    if (aggregate.getKind() == SqlKind.WITHIN_GROUP
        || WindowFunctions.has(name.toUpperCase(Locale.ROOT))
        || aggregate.operandCount() == 0) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "FILTER with OVER is for aggregates such as SUM, not for "
              + (aggregate.getKind() == SqlKind.WITHIN_GROUP ? "WITHIN GROUP" : name)
              + ".");
    }
    SqlParserPos position = aggregate.getParserPosition();
    List<SqlNode> operands = new ArrayList<>(aggregate.getOperandList());
    for (int i = 0; i < operands.size(); i++) {
      SqlNode operand = operands.get(i);
      boolean star = operand instanceof SqlIdentifier identifier && identifier.isStar();
      boolean isArgument = !(operand instanceof SqlLiteral || operand instanceof SqlNodeList);
      if (i == 0 || isArgument) {
        operands.set(
            i,
            new SqlCase(
                position,
                null,
                SqlNodeList.of(condition),
                SqlNodeList.of(star ? SqlLiteral.createExactNumeric("1", position) : operand),
                SqlLiteral.createNull(position)));
      }
    }
    return aggregate
        .getOperator()
        .createCall(aggregate.getFunctionQuantifier(), position, operands);
  }
}
