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
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `UNION [ALL] BY NAME`: columns that have the same name go together, those that one side does not
/// have are NULL there. To the parser the SELECT on the right begins with a column that marks it.
final class UnionByName {
  private static final String MARK = "by$name";

  private UnionByName() {}

  /// Takes BY NAME away behind the UNION at `at`, and marks the query that follows.
  ///
  /// @return where this query begins; -1 if there is no BY NAME
  static int respell(Spelling spelling, int at) {
    int by = spelling.is(at + 1, "ALL") || spelling.is(at + 1, "DISTINCT") ? at + 2 : at + 1;
    if (!spelling.is(by, "BY") || !spelling.is(by + 1, "NAME")) {
      return -1;
    }
    spelling.remove(by, by + 2);
    int query = by;
    while (spelling.is(query, "(")) {
      query++;
    }
    return query;
  }

  static void mark(Spelling spelling, int select) {
    if (!spelling.is(select, "SELECT")) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED, "Behind UNION BY NAME there must be a SELECT.");
    }
    boolean distinct = spelling.is(select + 1, "DISTINCT") || spelling.is(select + 1, "ALL");
    spelling.insert(distinct ? select + 2 : select + 1, MARK, ",");
  }

  /// Whether a union is one by names. Takes the mark away.
  static boolean takeMark(SqlCall union) {
    if (union.getKind() != SqlKind.UNION
        || union.operandCount() != 2
        || !(union.operand(1) instanceof SqlSelect right)
        || !(right.getSelectList().get(0) instanceof SqlIdentifier first)
        || !first.names.equals(List.of(MARK))) {
      return false;
    }
    SqlNodeList list = right.getSelectList();
    right.setSelectList(
        new SqlNodeList(list.getList().subList(1, list.size()), list.getParserPosition()));
    return true;
  }

  /// A union by names as one by places.
  static SqlCall expand(SqlCall union, FromColumns columns) {
    SqlNode right = union.operand(1);
    List<String> ofLeft = names(union.operand(0), columns);
    List<String> ofRight = names(right, columns);
    List<String> all = new ArrayList<>(ofLeft);
    ofRight.stream().filter(name -> !has(all, name)).forEach(all::add);
    return union
        .getOperator()
        .createCall(
            union.getParserPosition(),
            select(union.operand(0), ofLeft, all),
            select(right, ofRight, all));
  }

  private static List<String> names(SqlNode query, FromColumns columns) {
    List<String> names =
        columns
            .ofQuery(query)
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.FEATURE_NOT_SUPPORTED,
                    "The columns of a query of UNION BY NAME are not known here. Name them instead"
                        + " of a star."));
    for (String name : names) {
      if (name.isEmpty() || names.stream().filter(name::equalsIgnoreCase).count() > 1) {
        throw new CuveeException(
            ErrorCode.SQL_VALIDATION,
            "UNION BY NAME needs a name of its own for each column. Write expression AS name.");
      }
    }
    return names;
  }

  private static boolean has(List<String> names, String name) {
    return names.stream().anyMatch(name::equalsIgnoreCase);
  }

  private static SqlNode select(SqlNode query, List<String> own, List<String> all) {
    SqlParserPos position = query.getParserPosition();
    SqlIdentifier alias = new SqlIdentifier("by_name", position);
    List<SqlNode> items = new ArrayList<>();
    for (String name : all) {
      SqlNode value =
          has(own, name)
              ? new SqlIdentifier(List.of("by_name", name), position)
              : SqlLiteral.createNull(position);
      items.add(
          SqlStdOperatorTable.AS.createCall(position, value, new SqlIdentifier(name, position)));
    }
    return new SqlSelect(
        position,
        null,
        new SqlNodeList(items, position),
        SqlStdOperatorTable.AS.createCall(position, query, alias),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
