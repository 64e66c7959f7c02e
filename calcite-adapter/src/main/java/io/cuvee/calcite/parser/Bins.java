package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Pinot's `HISTOGRAM(x, ARRAY[0, 10, 100])` and `HISTOGRAM(x, 0, 100, 10)`: an array of counts,
/// one for each bin between two edges.
///
/// @param edges in ascending order; null for one without a bound
record Bins(SqlCall call, List<@Nullable BigDecimal> edges) {
  private static final int MAX_BINS = 1_000;

  static Bins of(SqlCall call) {
    List<SqlNode> operands = call.getOperandList();
    List<@Nullable BigDecimal> edges = new ArrayList<>();
    if (operands.size() == 2 && operands.get(1).getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR) {
      List<SqlNode> named = ((SqlCall) operands.get(1)).getOperandList();
      for (int i = 0; i < named.size(); i++) {
        edges.add(edge(named.get(i), i == 0, i == named.size() - 1));
      }
    } else if (operands.size() == 4) {
      BigDecimal lower = number(operands.get(1));
      BigDecimal width = number(operands.get(2)).subtract(lower);
      BigDecimal count = number(operands.get(3));
      if (count.compareTo(BigDecimal.ONE) < 0
          || count.compareTo(BigDecimal.valueOf(MAX_BINS)) > 0) {
        throw unfit();
      }
      for (int i = 0; i <= count.intValue(); i++) {
        edges.add(
            lower.add(width.multiply(BigDecimal.valueOf(i)).divide(count, MathContext.DECIMAL64)));
      }
    } else {
      throw unfit();
    }
    if (edges.size() < 2 || edges.size() > MAX_BINS + 1) {
      throw unfit();
    }
    for (int i = 1; i < edges.size(); i++) {
      BigDecimal before = edges.get(i - 1);
      BigDecimal edge = edges.get(i);
      if (before != null && edge != null && before.compareTo(edge) >= 0) {
        throw unfit();
      }
    }
    return new Bins(call, edges);
  }

  private static @Nullable BigDecimal edge(SqlNode node, boolean first, boolean last) {
    String name =
        switch (node) {
          case SqlCharStringLiteral text -> AggregateRewrite.text(text);
          case SqlIdentifier identifier -> identifier.names.getLast();
          default -> "";
        };
    return first && name.equalsIgnoreCase("-Infinity") || last && name.equalsIgnoreCase("Infinity")
        ? null
        : number(node);
  }

  private static BigDecimal number(SqlNode node) {
    return switch (node) {
      case SqlNumericLiteral literal -> literal.bigDecimalValue();
      case SqlCall minus when minus.getKind() == SqlKind.MINUS_PREFIX ->
          number(minus.operand(0)).negate();
      default -> throw unfit();
    };
  }

  private static CuveeException unfit() {
    return new CuveeException(
        ErrorCode.SQL_VALIDATION,
        "HISTOGRAM takes a value alone, or with ascending constant edges of at most "
            + MAX_BINS
            + " bins, as HISTOGRAM(x, [0, 10, 100]), or with a range and the number of bins, as"
            + " HISTOGRAM(x, 0, 100, 10).");
  }

  /// The array of the counts.
  SqlNode counts() {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> counts = new ArrayList<>();
    for (int i = 1; i < edges.size(); i++) {
      SqlNode within =
          new SqlCase(
              position,
              null,
              SqlNodeList.of(within(edges.get(i - 1), edges.get(i), i == edges.size() - 1)),
              SqlNodeList.of(SqlLiteral.createExactNumeric("1", position)),
              SqlLiteral.createNull(position));
      counts.add(
          SqlStdOperatorTable.CAST.createCall(
              position,
              SqlStdOperatorTable.COUNT.createCall(call.getFunctionQuantifier(), position, within),
              SyntaxRewrite.type("DOUBLE", position)));
    }
    return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position, counts);
  }

  private SqlNode within(@Nullable BigDecimal from, @Nullable BigDecimal to, boolean last) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> conditions = new ArrayList<>();
    if (from != null) {
      conditions.add(
          SqlStdOperatorTable.GREATER_THAN_OR_EQUAL.createCall(position, value(), literal(from)));
    }
    if (to != null) {
      conditions.add(
          (last ? SqlStdOperatorTable.LESS_THAN_OR_EQUAL : SqlStdOperatorTable.LESS_THAN)
              .createCall(position, value(), literal(to)));
    }
    return switch (conditions.size()) {
      case 0 -> SqlStdOperatorTable.IS_NOT_NULL.createCall(position, value());
      case 1 -> conditions.getFirst();
      default -> SqlStdOperatorTable.AND.createCall(position, conditions);
    };
  }

  private SqlNode value() {
    return Expansion.copy(call.operand(0));
  }

  private SqlNode literal(BigDecimal edge) {
    return SqlLiteral.createExactNumeric(edge.toPlainString(), call.getParserPosition());
  }
}
