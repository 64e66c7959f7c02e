package io.cuvee.calcite.plan;

import io.cuvee.calcite.parser.Respelled;
import io.cuvee.calcite.parser.SourceText;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.jspecify.annotations.Nullable;

/// The names of a result's columns: the alias, the column's name, or the text of the expression.
final class Labels {
  private static final Pattern MADE_UP = Pattern.compile("EXPR\\$\\d+");

  private Labels() {}

  /// @param query validated, so that stars are spelled out
  static List<String> of(Respelled statement, SqlNode query, RelDataType rowType) {
    List<RelDataTypeField> fields = rowType.getFieldList();
    SqlSelect select = select(query);
    List<String> labels = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).getName();
      if (select != null
          && MADE_UP.matcher(name).matches()
          && select.getSelectList().size() == fields.size()) {
        name = SourceText.of(statement, select.getSelectList().get(i)).orElse(name);
      }
      labels.add(name);
    }
    return labels;
  }

  private static @Nullable SqlSelect select(SqlNode node) {
    return switch (node) {
      case SqlSelect select -> select;
      case SqlOrderBy orderBy -> select(orderBy.query);
      case SqlWith with -> select(with.body);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> select(call.operand(0));
      default -> null;
    };
  }
}
