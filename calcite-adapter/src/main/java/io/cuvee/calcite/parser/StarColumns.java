package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Stars that Calcite does not know how to expand: those before GROUP BY ALL, which counts the
/// columns, and those with EXCLUDE or REPLACE over a join that makes one column of two.
final class StarColumns {
  /// What EXCLUDE replaces columns by where there is a REPLACE as well, which the parser takes
  /// alone.
  private static final String EXCLUDED = "excluded$column";

  private StarColumns() {}

  /// `* EXCLUDE (a) REPLACE (x AS b)` as `* REPLACE (excluded$column AS a, x AS b)`.
  static void respell(Spelling spelling, int exclude) {
    int close = spelling.close(exclude + 1);
    if (!spelling.is(exclude - 1, "*")
        || !spelling.is(exclude + 1, "(")
        || !spelling.is(close + 1, "REPLACE")
        || !spelling.is(close + 2, "(")) {
      return;
    }
    spelling.replace(close, close + 3, ",");
    spelling.replace(exclude, exclude + 1, "REPLACE");
    for (int at = close - 1; at > exclude + 1; at--) {
      if (!spelling.is(at, ",")) {
        spelling.insert(at, EXCLUDED, "AS");
      }
    }
  }

  private static boolean isExclusion(SqlNode replacement) {
    return ((SqlCall) replacement).operand(0) instanceof SqlIdentifier value
        && value.names.equals(List.of(EXCLUDED));
  }

  private static boolean excludes(SqlNode item) {
    return item instanceof SqlStarReplace replace
        && replace.getReplaceList().stream().anyMatch(StarColumns::isExclusion);
  }

  /// Whether a star leaves out a column.
  static boolean isExcluded(SqlNode item, FromColumns.Column column) {
    SqlNode replaced = replacement(item, column);
    return replaced != null && isExclusion(replaced)
        || item instanceof SqlStarExclude exclude
            && exclude.operand(1) instanceof SqlNodeList excluded
            && excluded.stream()
                .anyMatch(
                    name -> ((SqlIdentifier) name).names.getLast().equalsIgnoreCase(column.name()));
  }

  static void expand(SqlSelect select, FromColumns known) {
    boolean counted = GroupByAll.isMarked(select);
    boolean merged = MergedColumns.merges(select.getFrom());
    List<SqlNode> items = new ArrayList<>();
    boolean changed = false;
    for (SqlNode item : select.getSelectList()) {
      SqlIdentifier star = FromColumns.star(item);
      boolean expands =
          star != null
              && (excludes(item)
                  || (merged
                      ? star.names.size() == 1 && (counted || !(item instanceof SqlIdentifier))
                      : counted));
      Optional<List<FromColumns.Column>> columns =
          expands ? known.of(select.getFrom()) : Optional.empty();
      if (star == null || columns.isEmpty()) {
        if (excludes(item)) {
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "The columns of a star with EXCLUDE and REPLACE are not known here. Write them.");
        }
        items.add(item);
        continue;
      }
      changed = true;
      int before = items.size();
      for (FromColumns.Column column : columns.get()) {
        if (FromColumns.isIn(star, column) && !isExcluded(item, column)) {
          SqlNode other = replacement(item, column);
          items.add(other == null ? column.identifier(item.getParserPosition()) : other);
        }
      }
      checkExcluded(item, columns.get());
      if (items.size() == before) {
        throw new CuveeException(ErrorCode.SQL_VALIDATION, "EXCLUDE leaves no column of the star.");
      }
    }
    if (changed) {
      select.setSelectList(new SqlNodeList(items, select.getSelectList().getParserPosition()));
    }
  }

  private static @Nullable SqlNode replacement(SqlNode item, FromColumns.Column column) {
    if (item instanceof SqlStarReplace replace) {
      for (SqlNode node : replace.getReplaceList()) {
        if (node instanceof SqlCall call
            && call.operand(1) instanceof SqlIdentifier name
            && name.getSimple().equalsIgnoreCase(column.name())) {
          return node;
        }
      }
    }
    return null;
  }

  private static void checkExcluded(SqlNode item, List<FromColumns.Column> columns) {
    for (SqlNode node : excluded(item)) {
      String name = Names.restored(((SqlIdentifier) node).names.getLast());
      if (columns.stream().noneMatch(column -> column.name().equalsIgnoreCase(name))) {
        SqlParserPos position = node.getParserPosition();
        throw new CuveeException(
            ErrorCode.COLUMN_NOT_FOUND,
            "Column '%s' %s does not exist, and cannot be excluded."
                .formatted(name, new TextPosition(position.getLineNum(), position.getColumnNum())));
      }
    }
  }

  private static List<SqlNode> excluded(SqlNode item) {
    if (item instanceof SqlStarReplace replace) {
      return replace.getReplaceList().stream()
          .filter(StarColumns::isExclusion)
          .<SqlNode>map(call -> ((SqlCall) call).operand(1))
          .toList();
    }
    return item instanceof SqlStarExclude exclude && exclude.operand(1) instanceof SqlNodeList names
        ? names.getList()
        : List.of();
  }
}
