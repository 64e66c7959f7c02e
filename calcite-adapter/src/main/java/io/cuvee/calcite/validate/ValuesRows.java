package io.cuvee.calcite.validate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.type.SqlTypeName;

/// The rows of VALUES, whose constants Calcite takes as they are: a DATE in a column with a
/// TIMESTAMP is cast to one.
final class ValuesRows {
  private ValuesRows() {}

  static void unify(SqlCall values, Function<SqlNode, RelDataType> types) {
    List<SqlCall> rows = new ArrayList<>();
    int width = Integer.MAX_VALUE;
    for (SqlNode node : values.getOperandList()) {
      if (node instanceof SqlCall row && row.getKind() == SqlKind.ROW) {
        rows.add(row);
        width = Math.min(width, row.operandCount());
      }
    }
    for (int column = 0; !rows.isEmpty() && column < width; column++) {
      unify(rows, column, types);
    }
  }

  private static void unify(List<SqlCall> rows, int column, Function<SqlNode, RelDataType> types) {
    List<SqlCall> dates = new ArrayList<>();
    boolean hasTime = false;
    for (SqlCall row : rows) {
      SqlNode value = row.operand(column);
      if (OperatorChoice.holdsParameter(value)) {
        return;
      }
      SqlTypeName type = types.apply(value).getSqlTypeName();
      hasTime |= type == SqlTypeName.TIMESTAMP;
      if (type == SqlTypeName.DATE) {
        dates.add(row);
      }
    }
    if (hasTime) {
      dates.forEach(row -> row.setOperand(column, OperatorChoice.asTimestamp(row.operand(column))));
    }
  }
}
