package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.ElementsOrNone;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `ARRAY(SELECT …)`: the values of a query as an array, in its order. It becomes a sub-query with
/// ARRAY_AGG, so that NULLs are left out.
final class ArrayQuery {
  private static final String VALUE = "array$value";
  private static final String KEY = "array$key";

  private ArrayQuery() {}

  static SqlNode expand(SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    SqlNode query = call.operand(0);
    List<SqlNode> columns = new ArrayList<>(List.of(name(VALUE, position)));
    List<SqlNode> order = new ArrayList<>();
    if (query instanceof SqlOrderBy sorted && !sorted.orderList.isEmpty()) {
      query = withKeys(sorted, order, columns);
    } else if (query instanceof SqlSelect select && select.getSelectList().size() != 1) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION, "ARRAY(SELECT …) takes a query with one column.");
    }
    List<SqlNode> named = new ArrayList<>(List.of(query, name("array$rows", position)));
    named.addAll(columns);
    List<SqlNode> arguments = new ArrayList<>(List.of(name(VALUE, position)));
    if (!order.isEmpty()) {
      arguments.add(new SqlNodeList(order, position));
    }
    SqlNode values = unresolved("ARRAY_AGG", position, arguments);
    SqlSelect gathered =
        new SqlSelect(
            position,
            null,
            SqlNodeList.of(values),
            SqlStdOperatorTable.AS.createCall(position, named),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return ElementsOrNone.INSTANCE.createCall(
        position, SqlStdOperatorTable.SCALAR_QUERY.createCall(position, gathered));
  }

  /// The query with what it is ordered by in further columns.
  private static SqlNode withKeys(SqlOrderBy sorted, List<SqlNode> order, List<SqlNode> columns) {
    SqlParserPos position = sorted.getParserPosition();
    boolean plain =
        sorted.query instanceof SqlSelect select
            && !select.isDistinct()
            && select.getSelectList().size() == 1;
    if (!plain) {
      // It is ordered by the only column that there is.
      sorted.orderList.forEach(key -> order.add(directed(key, name(VALUE, position))));
      return sorted;
    }
    SqlSelect select = (SqlSelect) sorted.query;
    SqlNode value = select.getSelectList().get(0);
    List<SqlNode> items = new ArrayList<>(List.of(value));
    List<SqlNode> ordinals = new ArrayList<>();
    for (SqlNode key : sorted.orderList) {
      SqlNode column = name(KEY + order.size(), position);
      SqlNode expression = bare(DistinctOn.resolved(key, List.of(value)));
      items.add(SqlStdOperatorTable.AS.createCall(position, expression, column));
      order.add(directed(key, column));
      columns.add(column);
      ordinals.add(
          directed(key, SqlLiteral.createExactNumeric(Integer.toString(items.size()), position)));
    }
    select.setSelectList(new SqlNodeList(items, select.getSelectList().getParserPosition()));
    return new SqlOrderBy(
        position,
        select,
        new SqlNodeList(ordinals, sorted.orderList.getParserPosition()),
        sorted.offset,
        sorted.fetch);
  }

  private static SqlIdentifier name(String name, SqlParserPos position) {
    return new SqlIdentifier(name, position);
  }

  private static SqlCall unresolved(String name, SqlParserPos position, List<SqlNode> arguments) {
    return new SqlUnresolvedFunction(
            name(name, position), null, null, null, null, SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(position, arguments);
  }

  private static SqlNode bare(SqlNode key) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> bare(((SqlCall) key).operand(0));
      default -> key;
    };
  }

  /// The direction of `key` with `column`.
  private static SqlNode directed(SqlNode key, SqlNode column) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST ->
          ((SqlCall) key)
              .getOperator()
              .createCall(key.getParserPosition(), directed(((SqlCall) key).operand(0), column));
      default -> column;
    };
  }
}
