package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;

/// `ORDER BY ALL`: by each column of the result, from left to right.
final class OrderByAll {
  private OrderByAll() {}

  /// The keys of an ORDER BY, with ordinals in the place of ALL.
  static SqlNodeList expand(SqlOrderBy orderBy, FromColumns columns) {
    SqlNodeList keys = orderBy.orderList;
    if (keys.size() != 1 || !isAll(keys.get(0))) {
      return keys;
    }
    int count =
        columns
            .ofQuery(orderBy.query)
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "ORDER BY ALL is not supported for this star. Name the columns."))
            .size();
    List<SqlNode> ordinals = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      ordinals.add(ordinal(keys.get(0), i));
    }
    return new SqlNodeList(ordinals, keys.getParserPosition());
  }

  private static boolean isAll(SqlNode key) {
    return switch (key.getKind()) {
      case DESCENDING, NULLS_FIRST, NULLS_LAST -> isAll(((SqlCall) key).operand(0));
      case IDENTIFIER -> {
        SqlIdentifier name = (SqlIdentifier) key;
        yield name.isSimple()
            && (Names.isMarked(name.getSimple(), "ALL")
                || name.getSimple().equalsIgnoreCase("ALL"));
      }
      default -> false;
    };
  }

  private static SqlNode ordinal(SqlNode key, int number) {
    return key instanceof SqlCall call
        ? call.getOperator().createCall(call.getParserPosition(), ordinal(call.operand(0), number))
        : SqlLiteral.createExactNumeric(Integer.toString(number), key.getParserPosition());
  }
}
