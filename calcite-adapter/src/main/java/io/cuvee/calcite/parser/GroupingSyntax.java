package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// Writes ROLLUP and CUBE as the GROUPING SETS that they are short for. Calcite would leave out
/// sets that occur several times, as those of `ROLLUP (a, a)`, each of which gives rows of its own.
final class GroupingSyntax {
  private static final int MOST_CUBED = 12;

  private GroupingSyntax() {}

  static void expand(SqlSelect select) {
    SqlNodeList group = select.getGroup();
    if (group != null) {
      for (int i = 0; i < group.size(); i++) {
        group.set(i, expand(group.get(i)));
      }
    }
  }

  private static SqlNode expand(SqlNode item) {
    if (!(item instanceof SqlCall call)) {
      return item;
    }
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> terms = call.getOperandList();
    return switch (call.getKind()) {
      case ROLLUP -> {
        List<SqlNode> sets = new ArrayList<>();
        for (int size = terms.size(); size >= 0; size--) {
          sets.add(set(terms.subList(0, size), position));
        }
        yield SqlStdOperatorTable.GROUPING_SETS.createCall(position, sets);
      }
      case CUBE -> SqlStdOperatorTable.GROUPING_SETS.createCall(position, cube(terms, position));
      case GROUPING_SETS, GROUP_BY_DISTINCT ->
          call.getOperator()
              .createCall(position, terms.stream().map(GroupingSyntax::expand).toList());
      default -> call;
    };
  }

  private static List<SqlNode> cube(List<SqlNode> terms, SqlParserPos position) {
    if (terms.size() > MOST_CUBED) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "CUBE of more than "
              + MOST_CUBED
              + " terms makes too many groups. Name those that you need: GROUPING SETS ((a, b),"
              + " (c)).");
    }
    List<SqlNode> sets = new ArrayList<>();
    for (int left = (1 << terms.size()) - 1; left >= 0; left--) {
      List<SqlNode> set = new ArrayList<>();
      for (int i = 0; i < terms.size(); i++) {
        if ((left >> (terms.size() - 1 - i) & 1) != 0) {
          set.add(terms.get(i));
        }
      }
      sets.add(set(set, position));
    }
    return sets;
  }

  /// One set; what is in parentheses among its terms stands for several.
  private static SqlNode set(List<SqlNode> terms, SqlParserPos position) {
    List<SqlNode> flat = new ArrayList<>();
    for (SqlNode term : terms) {
      List<SqlNode> parts =
          term instanceof SqlCall row && row.getKind() == SqlKind.ROW
              ? row.getOperandList()
              : List.of(term);
      parts.forEach(part -> flat.add(Expansion.copy(part)));
    }
    return flat.isEmpty()
        ? new SqlNodeList(position)
        : SqlStdOperatorTable.ROW.createCall(position, flat);
  }
}
