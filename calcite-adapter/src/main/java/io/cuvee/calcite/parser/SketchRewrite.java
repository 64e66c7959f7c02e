package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.SketchSize;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Rewrites calls of approximate aggregates to ours, which state the size of their sketch.
final class SketchRewrite {
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);

  private static final Pattern PERCENTILE =
      Pattern.compile("PERCENTILE(?:KLL|EST|TDIGEST)(\\d{1,2}|100)?");
  private static final Pattern NOMINAL_ENTRIES =
      Pattern.compile("(?i)\\s*nominalEntries\\s*=\\s*(\\d{1,9})\\s*");

  private SketchRewrite() {}

  /// The same in terms of our aggregates; absent if the call is none of these.
  static @Nullable SqlNode apply(SqlCall call, String name) {
    return switch (name) {
      case "APPROX_COUNT_DISTINCT",
          "APPROXCOUNTDISTINCT",
          "DISTINCTCOUNTHLL",
          "DISTINCTCOUNTHLLPLUS",
          "DISTINCTCOUNTULL",
          "DISTINCTCOUNTHLLMV" ->
          sized(AggregateFunctions.APPROX_COUNT_DISTINCT, call, SketchSize.HLL.usual());
      case "DISTINCTCOUNTRAWHLL", "DISTINCTCOUNTRAWHLLMV" ->
          sized(AggregateFunctions.DISTINCTCOUNTRAWHLL, call, SketchSize.HLL.usual());
      case "DISTINCTCOUNTTHETASKETCH", "DISTINCTCOUNTTHETA" ->
          theta(AggregateFunctions.DISTINCTCOUNTTHETASKETCH, call, name);
      case "DISTINCTCOUNTRAWTHETASKETCH" ->
          theta(AggregateFunctions.DISTINCTCOUNTRAWTHETASKETCH, call, name);
      case "PERCENTILERAWKLL" -> {
        // Pinot has the percentage there, though the sketch does not depend on it.
        SqlNode k =
            call.operandCount() == 3 ? call.operand(2) : number(SketchSize.KLL.usual(), call);
        yield call.operandCount() == 0
            ? null
            : AggregateRewrite.own(
                AggregateFunctions.PERCENTILERAWKLL, call, List.of(call.operand(0), k));
      }
      case "APPROX_PERCENTILE", "APPROX_QUANTILE" ->
          call.operandCount() == 2
              ? quantile(call, call.operand(1), number(SketchSize.KLL.usual(), call))
              : call.operandCount() == 3 ? quantile(call, call.operand(1), call.operand(2)) : null;
      default -> percentile(call, name);
    };
  }

  private static SqlNode number(long number, SqlCall call) {
    return SqlLiteral.createExactNumeric(Long.toString(number), call.getParserPosition());
  }

  private static @Nullable SqlNode sized(String function, SqlCall call, long size) {
    return switch (call.operandCount()) {
      case 1 -> AggregateRewrite.own(function, call, List.of(call.operand(0), number(size, call)));
      case 2 -> AggregateRewrite.own(function, call, call.getOperandList());
      default -> null;
    };
  }

  /// Pinot states the size as `'nominalEntries=4096'`.
  private static @Nullable SqlNode theta(String function, SqlCall call, String name) {
    if (call.operandCount() == 2 && call.operand(1) instanceof SqlCharStringLiteral parameters) {
      Matcher matcher = NOMINAL_ENTRIES.matcher(AggregateRewrite.text(parameters));
      if (!matcher.matches()) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            name
                + " takes 'nominalEntries=4096' as its second argument. Count what several conditions have in common"
                + " with FILTER (WHERE …).");
      }
      return AggregateRewrite.own(
          function, call, List.of(call.operand(0), number(Long.parseLong(matcher.group(1)), call)));
    }
    return sized(function, call, SketchSize.THETA.usual());
  }

  private static SqlNode quantile(SqlCall call, SqlNode fraction, SqlNode k) {
    return AggregateRewrite.own(
        AggregateFunctions.APPROX_PERCENTILE, call, List.of(call.operand(0), fraction, k));
  }

  /// Pinot's `PERCENTILEKLL(x, 95)` and `PERCENTILEEST95(x)`.
  private static @Nullable SqlNode percentile(SqlCall call, String name) {
    Matcher matcher = PERCENTILE.matcher(name);
    if (!matcher.matches() || call.operandCount() == 0) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    BigDecimal percent;
    if (matcher.group(1) != null) {
      percent = new BigDecimal(matcher.group(1));
    } else if (call.operandCount() > 1 && call.operand(1) instanceof SqlNumericLiteral number) {
      percent = Objects.requireNonNull(number.bigDecimalValue());
    } else {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          name
              + " takes a number from 0 to 100 as its second argument, as in "
              + name
              + "(x, 95).");
    }
    SqlNode fraction =
        SqlLiteral.createExactNumeric(percent.divide(HUNDRED).toPlainString(), position);
    boolean sized = name.equals("PERCENTILEKLL") && call.operandCount() == 3;
    return quantile(call, fraction, sized ? call.operand(2) : number(SketchSize.KLL.usual(), call));
  }
}
