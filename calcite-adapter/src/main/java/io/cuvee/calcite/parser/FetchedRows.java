package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Counts of rows that say more than a number: `FETCH FIRST n ROWS WITH TIES`, `LIMIT n PERCENT`.
/// They become conditions on windows in QUALIFY.
final class FetchedRows {
  private FetchedRows() {}

  /// Keeps the first rows by an order and those that are equal to the last of them.
  static SqlNode tied(SqlNode query, List<SqlNode> order, SqlNode count, FromColumns columns) {
    return restricted(
        query,
        order,
        columns,
        keys ->
            SqlStdOperatorTable.LESS_THAN_OR_EQUAL.createCall(
                count.getParserPosition(),
                over(SqlStdOperatorTable.RANK.createCall(count.getParserPosition()), keys),
                count));
  }

  /// Keeps a percentage of the rows, rounded down, and with them those that an offset skips.
  static SqlNode percentage(
      SqlNode query,
      List<SqlNode> order,
      SqlNode percentage,
      @Nullable SqlNode offset,
      FromColumns columns) {
    if (percentage instanceof SqlNumericLiteral literal
        && literal.bigDecimalValue().compareTo(BigDecimal.valueOf(100)) > 0) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "LIMIT takes a percentage from 0 to 100, not " + literal + ".");
    }
    SqlParserPos position = percentage.getParserPosition();
    SqlNode all =
        over(
            SqlStdOperatorTable.COUNT.createCall(position, SqlIdentifier.star(position)),
            SqlNodeList.EMPTY);
    SqlNode share =
        SqlStdOperatorTable.DIVIDE.createCall(
            position,
            SqlStdOperatorTable.MULTIPLY.createCall(position, all, percentage),
            SqlLiteral.createExactNumeric("100", position));
    SqlNode last =
        offset == null
            ? share
            : SqlStdOperatorTable.PLUS.createCall(position, share, Expansion.copy(offset));
    return restricted(
        query,
        order,
        columns,
        keys ->
            SqlStdOperatorTable.LESS_THAN_OR_EQUAL.createCall(
                position, over(SqlStdOperatorTable.ROW_NUMBER.createCall(position), keys), last));
  }

  private interface Condition {
    /// @param keys of the window
    SqlNode of(SqlNodeList keys);
  }

  private static SqlNode restricted(
      SqlNode query, List<SqlNode> order, FromColumns columns, Condition condition) {
    if (query instanceof SqlWith with) {
      with.body = restricted(with.body, order, columns, condition);
      return with;
    }
    SqlParserPos position = query.getParserPosition();
    boolean plain =
        query instanceof SqlSelect select && select.getQualify() == null && !select.isDistinct();
    SqlSelect select =
        plain
            ? (SqlSelect) query
            : SyntaxRewrite.select(
                position,
                List.of(SqlIdentifier.star(position)),
                SqlStdOperatorTable.AS.createCall(
                    position, query, new SqlIdentifier("fetched$rows", position)),
                null);
    List<SqlNode> items = new ArrayList<>(select.getSelectList().getList());
    if (!plain) {
      // What ordinals mean.
      columns
          .ofQuery(query)
          .ifPresent(names -> {
            items.clear();
            names.forEach(name -> items.add(new SqlIdentifier(name, position)));
          });
    }
    List<SqlNode> keys = new ArrayList<>();
    for (SqlNode key : order) {
      keys.add(DistinctOn.resolved(key, items));
    }
    select.setQualify(condition.of(new SqlNodeList(keys, position)));
    return select;
  }

  private static SqlNode over(SqlNode call, SqlNodeList keys) {
    SqlParserPos position = call.getParserPosition();
    SqlNode window =
        SqlWindow.create(
            null,
            null,
            SqlNodeList.EMPTY,
            keys,
            SqlLiteral.createBoolean(false, position),
            null,
            null,
            null,
            position);
    return SqlStdOperatorTable.OVER.createCall(position, call, window);
  }
}
