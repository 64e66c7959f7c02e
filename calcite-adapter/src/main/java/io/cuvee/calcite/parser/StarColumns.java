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
  private StarColumns() {}

  static void expand(SqlSelect select, FromColumns known) {
    boolean counted = GroupByAll.isMarked(select);
    boolean merged = MergedColumns.merges(select.getFrom());
    List<SqlNode> items = new ArrayList<>();
    boolean changed = false;
    for (SqlNode item : select.getSelectList()) {
      SqlIdentifier star = FromColumns.star(item);
      boolean expands =
          star != null
              && (merged
                  ? star.names.size() == 1 && (counted || !(item instanceof SqlIdentifier))
                  : counted);
      Optional<List<FromColumns.Column>> columns =
          expands ? known.of(select.getFrom()) : Optional.empty();
      if (star == null || columns.isEmpty()) {
        items.add(item);
        continue;
      }
      changed = true;
      int before = items.size();
      for (FromColumns.Column column : columns.get()) {
        if (FromColumns.isIn(star, column) && !FromColumns.isExcluded(item, column)) {
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
    if (!(item instanceof SqlStarExclude exclude)
        || !(exclude.operand(1) instanceof SqlNodeList names)) {
      return;
    }
    for (SqlNode node : names) {
      String name = ((SqlIdentifier) node).names.getLast();
      if (columns.stream().noneMatch(column -> column.name().equalsIgnoreCase(name))) {
        SqlParserPos position = node.getParserPosition();
        throw new CuveeException(
            ErrorCode.COLUMN_NOT_FOUND,
            "Column '%s' %s does not exist, and cannot be excluded."
                .formatted(name, new TextPosition(position.getLineNum(), position.getColumnNum())));
      }
    }
  }
}
