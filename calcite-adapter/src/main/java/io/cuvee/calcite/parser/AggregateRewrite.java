package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.AggregateOperators;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Rewrites calls of aggregates that say in another way what ours say.
final class AggregateRewrite {
  private AggregateRewrite() {}

  /// The same in terms of our aggregates; absent if the call is none of these.
  static @Nullable SqlNode apply(SqlCall call, String name) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    return switch (name) {
      case "COUNT_IF", "COUNTIF" ->
          operands.size() == 1 ? countIf(position, operands.getFirst(), call) : null;
      case "SUM0" ->
          SqlStdOperatorTable.SUM0.createCall(call.getFunctionQuantifier(), position, operands);
      case "FIRST_WITH_TIME", "FIRSTWITHTIME" ->
          withTime(AggregateFunctions.ARG_MIN, call, name, operands);
      case "LAST_WITH_TIME", "LASTWITHTIME" ->
          withTime(AggregateFunctions.ARG_MAX, call, name, operands);
      default -> null;
    };
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
    if (operands.size() != 3
        || !(operands.get(2) instanceof SqlLiteral literal)
        || !(literal.toValue() instanceof String type)) {
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
            SyntaxRewrite.type(type.strip().toUpperCase(Locale.ROOT), position)));
    arguments.add(operands.get(1));
    return AggregateOperators.of(function)
        .createCall(call.getFunctionQuantifier(), position, arguments);
  }
}
