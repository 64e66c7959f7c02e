package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSampleSpec;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `t TABLESAMPLE BERNOULLI (10)`: each row with this probability. With `REPEATABLE (seed)` it
/// depends on the row's place, so that it is the same rows while the table's segments are.
final class Sampling {
  /// A prime, into which checksums are divided.
  private static final int PARTS = 1_000_003;

  private Sampling() {}

  /// Brings `TABLESAMPLE 10%`, `(10 PERCENT)` and `SYSTEM (10%)` into the parser's form.
  static void respell(Spelling spelling, int at) {
    int method = at + 1;
    boolean named = spelling.is(method, "BERNOULLI") || spelling.is(method, "SYSTEM");
    int number = named ? method + 1 : method;
    boolean enclosed = spelling.is(number, "(");
    number += enclosed ? 1 : 0;
    int unit = number + 1;
    boolean percent = spelling.is(unit, "%") || spelling.is(unit, "PERCENT");
    if (spelling.get(number).kind() != Kind.NUMBER || !named && !percent) {
      return;
    }
    if (percent) {
      spelling.remove(unit, unit + 1);
    }
    if (!enclosed) {
      spelling.insert(unit, ")");
      spelling.insert(number, "(");
    }
    if (!named) {
      spelling.insert(method, "BERNOULLI");
    }
  }

  /// The query that a sample is.
  static SqlNode expand(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    SqlNode rows = call.operand(0);
    SqlSampleSpec spec =
        Objects.requireNonNull(((SqlLiteral) call.operand(1)).getValueAs(SqlSampleSpec.class));
    if (!(spec instanceof SqlSampleSpec.SqlTableSampleSpec sample)
        || sample.sampleRate.signum() < 0
        || sample.sampleRate.compareTo(BigDecimal.ONE) > 0) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "TABLESAMPLE takes BERNOULLI or SYSTEM and a percentage from 0 to 100.");
    }
    SqlNode table = rows.getKind() == SqlKind.AS ? ((SqlCall) rows).operand(0) : rows;
    boolean isTable = table instanceof SqlIdentifier;
    if (sample.isRepeatable() && !isTable) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "REPEATABLE is supported for samples of tables, not of queries.");
    }
    SqlNode condition =
        sample.isRepeatable()
            ? byPlace(sample, position)
            : less(ours("RANDOM", position), sample.sampleRate, position);
    SqlSelect query =
        new SqlSelect(
            position,
            null,
            SqlNodeList.of(SqlIdentifier.star(position)),
            rows,
            condition,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    SqlIdentifier alias =
        rows.getKind() == SqlKind.AS
            ? ((SqlCall) rows).operand(1)
            : new SqlIdentifier(
                isTable ? ((SqlIdentifier) table).names.getLast() : "sample", position);
    return SqlStdOperatorTable.AS.createCall(
        position, query, (SqlIdentifier) alias.clone(position));
  }

  private static SqlNode byPlace(SqlSampleSpec.SqlTableSampleSpec sample, SqlParserPos position) {
    SqlNode place =
        ours(
            "CONCAT_WS",
            position,
            SqlLiteral.createCharString(":", position),
            SqlLiteral.createCharString(Integer.toString(sample.getRepeatableSeed()), position),
            new SqlIdentifier("$segmentName", position),
            SqlStdOperatorTable.CAST.createCall(
                position,
                new SqlIdentifier("$docId", position),
                SyntaxRewrite.type("VARCHAR", position)));
    SqlNode part =
        SqlStdOperatorTable.MOD.createCall(
            position,
            ours("CRC32", position, place),
            SqlLiteral.createExactNumeric(Integer.toString(PARTS), position));
    return less(part, sample.sampleRate.multiply(BigDecimal.valueOf(PARTS)), position);
  }

  private static SqlNode less(SqlNode value, BigDecimal bound, SqlParserPos position) {
    return SqlStdOperatorTable.LESS_THAN.createCall(
        position, value, SqlLiteral.createExactNumeric(bound.toPlainString(), position));
  }

  private static SqlNode ours(String name, SqlParserPos position, SqlNode... operands) {
    return OperatorTable.function(name).orElseThrow().createCall(position, List.of(operands));
  }
}
