package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.parser.SqlParserUtil;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.TimestampString;

/// Calls of functions whose arguments say more than values: types, units, names, pairs.
final class FunctionForms {
  private static final Pattern LONG_NAME = Pattern.compile("(?i)(?<!FM)(?:MONTH|DAY)");

  private FunctionForms() {}

  /// `CAST(x AS type FORMAT 'pattern')`: what PostgreSQL has functions for.
  static SqlNode formatted(SqlCall call, String name) {
    if (call.operandCount() < 3 || call.operand(2) == null) {
      return call;
    }
    if (!name.equals("CAST")) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED, name + " with FORMAT is not supported. Use CAST.");
    }
    SqlParserPos position = call.getParserPosition();
    String type = ((SqlDataTypeSpec) call.operand(1)).getTypeName().toString();
    String function =
        switch (type.toUpperCase(Locale.ROOT)) {
          case "VARCHAR", "CHAR" -> "TO_CHAR";
          case "DATE" -> "TO_DATE";
          case "TIMESTAMP" -> "TO_TIMESTAMP";
          default ->
              throw new CuveeException(
                  ErrorCode.FEATURE_NOT_SUPPORTED,
                  "CAST with FORMAT gives VARCHAR, DATE or TIMESTAMP, not " + type + ".");
        };
    // Names are not filled up with blanks there.
    SqlNode format =
        call.operand(2) instanceof SqlCharStringLiteral text
            ? SqlLiteral.createCharString(
                LONG_NAME.matcher(AggregateRewrite.text(text)).replaceAll("FM$0"), position)
            : call.operand(2);
    return SyntaxRewrite.ours(function, position, call.operand(0), format);
  }

  /// `DECODE(x, value, result, …[, otherwise])`, for which NULLs are equal.
  static SqlNode decode(SqlParserPos position, List<SqlNode> operands) {
    List<SqlNode> conditions = new ArrayList<>();
    List<SqlNode> results = new ArrayList<>();
    for (int i = 1; i + 1 < operands.size(); i += 2) {
      conditions.add(
          SqlStdOperatorTable.IS_NOT_DISTINCT_FROM.createCall(
              position, Expansion.copy(operands.getFirst()), operands.get(i)));
      results.add(operands.get(i + 1));
    }
    return new SqlCase(
        position,
        null,
        new SqlNodeList(conditions, position),
        new SqlNodeList(results, position),
        operands.size() % 2 == 0 ? operands.getLast() : SqlLiteral.createNull(position));
  }

  /// `TIME_BUCKET(INTERVAL '15' MINUTE, t[, origin])`.
  static SqlNode timeBucket(SqlCall call, String name) {
    SqlParserPos position = call.getParserPosition();
    if (call.operandCount() < 2
        || call.operandCount() > 3
        || !(call.operand(0) instanceof SqlIntervalLiteral width)) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION,
          name + " takes an interval and a time, as in TIME_BUCKET(INTERVAL '15' MINUTE, t).");
    }
    SqlIntervalLiteral.IntervalValue interval =
        width.getValueAs(SqlIntervalLiteral.IntervalValue.class);
    boolean months = interval.getIntervalQualifier().isYearMonth();
    long size =
        months
            ? SqlParserUtil.intervalToMonths(interval)
            : SqlParserUtil.intervalToMillis(interval);
    // Monday the 3rd, so that weeks begin as they should.
    SqlNode origin =
        call.operandCount() == 3
            ? call.operand(2)
            : SqlLiteral.createTimestamp(
                SqlTypeName.TIMESTAMP,
                new TimestampString(2000, 1, months ? 1 : 3, 0, 0, 0),
                0,
                position);
    return SyntaxRewrite.ours(
        months ? "TIME_BUCKET_MONTHS" : "TIME_BUCKET_MILLIS",
        position,
        SqlLiteral.createExactNumeric(Long.toString(size), position),
        call.operand(1),
        origin);
  }

  /// Pinot's `LOOKUP('table', 'column', 'key', value)`.
  static SqlNode lookup(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    if (operands.size() != 4
        || operands.subList(0, 3).stream()
            .anyMatch(name -> !(name instanceof SqlCharStringLiteral))) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "LOOKUP takes names and a value: LOOKUP('table', 'column', 'key', value). Use a JOIN for"
              + " several keys.");
    }
    List<String> names =
        operands.subList(0, 3).stream()
            .map(name -> AggregateRewrite.text((SqlCharStringLiteral) name))
            .toList();
    // Under other names, so that the value cannot mean a column of this table.
    SqlNode renamed =
        SyntaxRewrite.select(
            position,
            List.of(
                named(names.get(1), "lookup$value", position),
                named(names.get(2), "lookup$key", position)),
            new SqlIdentifier(names.getFirst(), position),
            null);
    return SqlStdOperatorTable.SCALAR_QUERY.createCall(
        position,
        SyntaxRewrite.select(
            position,
            List.of(new SqlIdentifier("lookup$value", position)),
            SqlStdOperatorTable.AS.createCall(
                position, renamed, new SqlIdentifier("lookup$table", position)),
            SqlStdOperatorTable.EQUALS.createCall(
                position, new SqlIdentifier("lookup$key", position), operands.get(3))));
  }

  private static SqlNode named(String column, String alias, SqlParserPos position) {
    return SqlStdOperatorTable.AS.createCall(
        position, new SqlIdentifier(column, position), new SqlIdentifier(alias, position));
  }

  /// `AGO('PT1H')`: a duration of ISO 8601 before now.
  static SqlNode ago(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    if (call.operandCount() == 1 && call.operand(0) instanceof SqlCharStringLiteral text) {
      try {
        long millis = Duration.parse(AggregateRewrite.text(text).strip()).toMillis();
        return SyntaxRewrite.ours(
            "TIMESTAMP_ADD",
            position,
            SqlLiteral.createCharString("MILLISECOND", position),
            SqlLiteral.createExactNumeric(Long.toString(-millis), position),
            OperatorTable.NOW.createCall(position));
      } catch (DateTimeParseException wrong) {
        // Said below.
      }
    }
    throw new CuveeException(
        ErrorCode.SQL_VALIDATION,
        "AGO takes a duration of ISO 8601 as a literal, as AGO('P1D') or AGO('PT2H30M').");
  }
}
