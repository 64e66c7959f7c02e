package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `SELECT DISTINCT ON (keys) …`: of the rows with equal keys the first by ORDER BY. It becomes a
/// condition on the row's number: `QUALIFY ROW_NUMBER() OVER (PARTITION BY keys ORDER BY …) = 1`.
final class DistinctOn {
  private DistinctOn() {}

  /// Whether a query has the mark of DISTINCT ON.
  static boolean isMarked(SqlSelect select) {
    SqlNodeList list = select.getSelectList();
    return !list.isEmpty()
        && list.get(0) instanceof SqlIdentifier name
        && name.isSimple()
        && Names.isMarked(name.getSimple(), "DISTINCT");
  }

  /// Changes a marked query.
  ///
  /// @param keyCount how many items of the list behind the mark are keys
  /// @param order of the whole query; empty if there is none
  static void expand(SqlSelect select, int keyCount, List<SqlNode> order) {
    if (select.getQualify() != null || select.isDistinct()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "DISTINCT ON with QUALIFY is not supported. Put one of them into a sub-query.");
    }
    List<SqlNode> list = select.getSelectList().getList();
    SqlParserPos position = list.getFirst().getParserPosition();
    List<SqlNode> items = list.subList(1 + keyCount, list.size());
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode key : list.subList(1, 1 + keyCount)) {
      keys.add(resolved(key, items));
    }
    List<SqlNode> sorted = new ArrayList<>();
    for (SqlNode key : order) {
      sorted.add(resolved(key, items));
    }
    SqlNode window =
        SqlWindow.create(
            null,
            null,
            new SqlNodeList(keys, position),
            new SqlNodeList(sorted, position),
            SqlLiteral.createBoolean(false, position),
            null,
            null,
            null,
            position);
    SqlNode number =
        SqlStdOperatorTable.OVER.createCall(
            position, SqlStdOperatorTable.ROW_NUMBER.createCall(position), window);
    select.setSelectList(new SqlNodeList(items, select.getSelectList().getParserPosition()));
    select.setQualify(
        SqlStdOperatorTable.EQUALS.createCall(
            position, number, SqlLiteral.createExactNumeric("1", position)));
  }

  /// A key with aliases and ordinals replaced by what they stand for.
  static SqlNode resolved(SqlNode key, List<SqlNode> items) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
        SqlCall call = (SqlCall) key;
        yield call.getOperator()
            .createCall(call.getParserPosition(), resolved(call.operand(0), items));
      }
      case LITERAL -> {
        if (key instanceof SqlNumericLiteral literal && literal.isInteger()) {
          int ordinal = literal.intValue(false);
          boolean star =
              items.stream().anyMatch(item -> item instanceof SqlIdentifier i && i.isStar());
          if (ordinal >= 1 && ordinal <= items.size() && !star) {
            yield Expansion.copy(expression(items.get(ordinal - 1)));
          }
          throw new CuveeException(
              ErrorCode.SQL_VALIDATION,
              "There is the ordinal " + ordinal + ", which is not in the select list.");
        }
        yield key;
      }
      case IDENTIFIER -> {
        SqlIdentifier name = (SqlIdentifier) key;
        for (SqlNode item : items) {
          if (name.isSimple()
              && item.getKind() == SqlKind.AS
              && ((SqlCall) item).operand(1) instanceof SqlIdentifier alias
              && alias.getSimple().equalsIgnoreCase(name.getSimple())) {
            yield Expansion.copy(expression(item));
          }
        }
        yield Expansion.copy(key);
      }
      default -> Expansion.copy(key);
    };
  }

  private static SqlNode expression(SqlNode item) {
    return item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
  }
}
