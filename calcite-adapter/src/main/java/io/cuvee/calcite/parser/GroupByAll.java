package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `GROUP BY ALL`: by each expression of the select list that is neither constant nor has an
/// aggregate in it.
final class GroupByAll {
  /// What may follow a GROUP BY.
  private static final Set<Keyword> FOLLOWING =
      Set.of(
          Keyword.HAVING,
          Keyword.ORDER,
          Keyword.LIMIT,
          Keyword.OFFSET,
          Keyword.FETCH,
          Keyword.UNION,
          Keyword.INTERSECT,
          Keyword.EXCEPT,
          Keyword.MINUS,
          Keyword.QUALIFY,
          Keyword.WINDOW);

  private GroupByAll() {}

  /// Whether a GROUP BY may end at this place of a text; if so `ALL` before it is no quantifier.
  static boolean mayEndHere(String text, int offset) {
    int next = Lexemes.skipBlank(text, offset);
    if (next >= text.length() || text.charAt(next) == ')' || text.charAt(next) == ';') {
      return true;
    }
    Keyword word = Lexemes.wordAt(text, next);
    return word != null && FOLLOWING.contains(word);
  }

  static boolean isMarked(SqlSelect select) {
    SqlNodeList group = select.getGroup();
    return group != null
        && group.size() == 1
        && group.get(0) instanceof SqlIdentifier all
        && all.isSimple()
        && Names.isMarked(all.getSimple(), "ALL");
  }

  /// Puts the ordinals of the expressions in the place of a marked ALL.
  static void expand(SqlSelect select) {
    if (!isMarked(select)) {
      return;
    }
    List<SqlNode> keys = new ArrayList<>();
    SqlParserPos position = select.getGroup().getParserPosition();
    boolean aggregates = false;
    for (int i = 0; i < select.getSelectList().size(); i++) {
      SqlNode item = select.getSelectList().get(i);
      SqlNode expression = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
      if (FromColumns.star(expression) != null) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "GROUP BY ALL is not supported for this star. Name the columns.");
      }
      if (holdsAggregate(expression)) {
        aggregates = true;
      } else if (!(expression instanceof SqlLiteral)) {
        keys.add(SqlLiteral.createExactNumeric(Integer.toString(i + 1), position));
      }
    }
    select.setGroupBy(
        keys.isEmpty() && (aggregates || select.getHaving() != null)
            ? null
            : new SqlNodeList(keys, position));
  }

  private static boolean holdsAggregate(SqlNode node) {
    if (!(node instanceof SqlCall call)) {
      return node instanceof SqlNodeList list
          && list.stream().anyMatch(item -> item != null && holdsAggregate(item));
    }
    if (call.isA(SqlKind.QUERY)) {
      return false;
    }
    return call.getOperator().isAggregator()
        || AggregateReference.find(call.getOperator().getName()).isPresent()
        || call.getOperandList().stream()
            .anyMatch(operand -> operand != null && holdsAggregate(operand));
  }
}
