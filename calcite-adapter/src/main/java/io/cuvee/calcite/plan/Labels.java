package io.cuvee.calcite.plan;

import io.cuvee.calcite.parser.StatementScan;
import io.cuvee.calcite.parser.TextPosition;
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
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// The names of a result's columns: the alias, the column's name, or the text of the expression.
final class Labels {
  private static final Pattern MADE_UP = Pattern.compile("EXPR\\$\\d+");

  private Labels() {}

  /// @param query validated, so that stars are spelled out
  static List<String> of(String text, SqlNode query, RelDataType rowType) {
    List<RelDataTypeField> fields = rowType.getFieldList();
    SqlSelect select = select(query);
    List<String> labels = new ArrayList<>(fields.size());
    for (int i = 0; i < fields.size(); i++) {
      String name = fields.get(i).getName();
      if (select != null
          && MADE_UP.matcher(name).matches()
          && select.getSelectList().size() == fields.size()) {
        name = text(text, select.getSelectList().get(i), name);
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

  /// The expression as it stands in the text, without comments and superfluous white space.
  private static String text(String text, SqlNode expression, String otherwise) {
    SqlNode inner =
        expression.getKind() == SqlKind.AS ? ((SqlCall) expression).operand(0) : expression;
    SqlParserPos position = inner.getParserPosition();
    if (position.getLineNum() <= 0) {
      return otherwise;
    }
    int start = new TextPosition(position.getLineNum(), position.getColumnNum()).offset(text);
    int end =
        new TextPosition(position.getEndLineNum(), position.getEndColumnNum()).offset(text) + 1;
    // The parser counts the comma before `a::type` to it.
    while (start < end
        && end <= text.length()
        && (text.charAt(start) == ',' || Character.isWhitespace(text.charAt(start)))) {
      start++;
    }
    String label =
        start < end && end <= text.length()
            ? StatementScan.plain(text.substring(start, end))
            : otherwise;
    // The parser takes the end of {d '…'} for the whole.
    return label.equals("}") ? otherwise : label;
  }
}
