package io.cuvee.calcite.parser;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// The text of an expression as it stands in the statement, which is the name of a column without
/// an alias: of the result's, and so of those of the queries within.
public final class SourceText {
  private SourceText() {}

  /// From the first character of an expression to behind its last.
  private record Span(int start, int end) {}

  /// Without comments and superfluous white space; absent if the expression has no place, or is a
  /// name itself, which may stand for a star.
  public static Optional<String> of(Respelled statement, SqlNode expression) {
    // The parser takes the end of {d '…'} for the whole.
    return span(statement.text(), expression)
        .map(span -> Lexemes.plain(statement.original(span.start(), span.end())))
        .filter(label -> !label.isEmpty() && !label.equals("}"));
  }

  private static Optional<Span> span(String text, SqlNode expression) {
    SqlNode inner =
        expression.getKind() == SqlKind.AS ? ((SqlCall) expression).operand(0) : expression;
    SqlParserPos position = inner.getParserPosition();
    if (position.getLineNum() <= 0 || inner instanceof SqlIdentifier) {
      return Optional.empty();
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
    return start < end && end <= text.length()
        ? Optional.of(new Span(start, end))
        : Optional.empty();
  }

  /// Whether one of `literals` is part of the name of a column of `select`.
  static boolean isNamedBy(SqlSelect select, String text, List<Literal> literals) {
    for (SqlNode item : select.getSelectList()) {
      if (!literals.isEmpty() && !hasName(item)) {
        Span span = span(text, item).orElse(new Span(0, 0));
        for (Literal literal : literals) {
          if (literal.offset() >= span.start() && literal.offset() < span.end()) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean hasName(SqlNode item) {
    return item instanceof SqlIdentifier || item.getKind() == SqlKind.AS;
  }

  /// The queries whose columns are those of the result.
  static Set<SqlNode> outermost(SqlNode statement) {
    Set<SqlNode> found = Collections.newSetFromMap(new IdentityHashMap<>());
    collect(statement, found);
    return found;
  }

  private static void collect(SqlNode query, Set<SqlNode> found) {
    switch (query) {
      case SqlSelect select -> found.add(select);
      case SqlOrderBy orderBy -> collect(orderBy.query, found);
      case SqlWith with -> collect(with.body, found);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) ->
          call.getOperandList().forEach(operand -> collect(operand, found));
      default -> {}
    }
  }

  /// Gives the columns of an inner query that have no name their text as alias, so that outer
  /// queries can name them by it; unless another column may have the same name, which must not hide
  /// this one from a star.
  static void name(SqlSelect select, Respelled statement) {
    SqlNodeList items = select.getSelectList();
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    Set<String> repeated = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<Optional<String>> labels = new ArrayList<>();
    for (SqlNode item : items) {
      if (item instanceof SqlIdentifier column && column.isStar()) {
        return;
      }
      Optional<String> name =
          switch (item) {
            case SqlIdentifier column -> Optional.of(column.names.getLast());
            case SqlCall call when call.getKind() == SqlKind.AS ->
                Optional.of(((SqlIdentifier) call.operand(1)).getSimple());
            case SqlDynamicParam parameter -> Optional.empty();
            default -> of(statement, item);
          };
      name.filter(known -> !names.add(known)).ifPresent(repeated::add);
      labels.add(name);
    }
    for (int i = 0; i < labels.size(); i++) {
      SqlNode item = items.get(i);
      String label = labels.get(i).orElse("");
      if (!hasName(item) && !label.isEmpty() && !repeated.contains(label)) {
        SqlParserPos position = item.getParserPosition();
        items.set(
            i,
            SqlStdOperatorTable.AS.createCall(position, item, new SqlIdentifier(label, position)));
      }
    }
  }
}
