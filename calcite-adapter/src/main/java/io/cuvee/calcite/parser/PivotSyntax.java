package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/// PIVOT in FROM as the groups that it stands for, in which NULL is a value, and UNPIVOT with its
/// columns as the table spells them, since their names become values.
final class PivotSyntax {
  private static final Pattern EXCLUDED =
      Pattern.compile("(?is)\\*(?:\\s+(?:EXCLUDE|EXCEPT)\\s*\\(?(.*?)\\)?)?\\s*");

  private PivotSyntax() {}

  /// The names of the columns, if they are known.
  static Optional<List<String>> names(SqlPivot pivot, FromColumns known) {
    return known
        .of(pivot.query)
        .map(columns -> {
          List<String> names = new ArrayList<>();
          others(pivot, columns).forEach(column -> names.add(column.name()));
          forEachColumn(pivot, (name, aggregate, values) -> names.add(name));
          return names;
        });
  }

  /// The same, of UNPIVOT.
  static Optional<List<String>> names(SqlUnpivot unpivot, FromColumns known) {
    return known
        .of(unpivot.query)
        .map(columns -> {
          Set<String> used = lower(respelled(unpivot, columns).usedColumnNames());
          List<String> names = new ArrayList<>();
          columns.stream()
              .map(FromColumns.Column::name)
              .filter(name -> !used.contains(name.toLowerCase(Locale.ROOT)))
              .forEach(names::add);
          names.addAll(SqlIdentifier.simpleNames(unpivot.axisList));
          names.addAll(SqlIdentifier.simpleNames(unpivot.measureList));
          return names;
        });
  }

  private static Set<String> lower(Set<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  /// The grouping that `pivot` stands for; `pivot` itself if the columns of its input are not
  /// known.
  static SqlNode expand(SqlPivot pivot, FromColumns known) {
    Optional<List<FromColumns.Column>> columns = known.of(pivot.query);
    if (columns.isEmpty()) {
      return pivot;
    }
    SqlParserPos position = pivot.getParserPosition();
    List<SqlNode> items = new ArrayList<>();
    List<SqlNode> keys = new ArrayList<>();
    for (FromColumns.Column column : others(pivot, columns.get())) {
      items.add(column.identifier(position));
      keys.add(column.identifier(position));
    }
    forEachColumn(
        pivot,
        (name, aggregate, values) -> {
          SqlNode condition = null;
          for (int i = 0; i < values.size(); i++) {
            SqlNode equal =
                SqlStdOperatorTable.IS_NOT_DISTINCT_FROM.createCall(
                    position, Expansion.copy(pivot.axisList.get(i)), values.get(i));
            condition =
                condition == null
                    ? equal
                    : SqlStdOperatorTable.AND.createCall(position, condition, equal);
          }
          items.add(
              SqlStdOperatorTable.AS.createCall(
                  position,
                  SqlStdOperatorTable.FILTER.createCall(
                      position, Expansion.copy(aggregate), Objects.requireNonNull(condition)),
                  new SqlIdentifier(name, position)));
        });
    return new SqlSelect(
        position,
        null,
        new SqlNodeList(items, position),
        pivot.query,
        null,
        keys.isEmpty() ? null : new SqlNodeList(keys, position),
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static List<FromColumns.Column> others(SqlPivot pivot, List<FromColumns.Column> columns) {
    Set<String> used = lower(pivot.usedColumnNames());
    return columns.stream()
        .filter(column -> !used.contains(column.name().toLowerCase(Locale.ROOT)))
        .toList();
  }

  private interface MadeColumn {
    void accept(String name, SqlNode aggregate, List<SqlNode> values);
  }

  private static void forEachColumn(SqlPivot pivot, MadeColumn made) {
    pivot.forEachNameValues((ignored, values) -> {
      if (values.size() != pivot.axisList.size()) {
        throw new CuveeException(
            ErrorCode.SQL_VALIDATION,
            "PIVOT compares "
                + pivot.axisList.size()
                + " columns with "
                + values.size()
                + " values. Write as many values as columns: FOR (a, b) IN ((1, 2), (3, 4)).");
      }
    });
    for (SqlNode entry : pivot.inList) {
      boolean named = entry.getKind() == SqlKind.AS;
      SqlNode value = named ? ((SqlCall) entry).operand(0) : entry;
      List<SqlNode> values = value instanceof SqlNodeList list ? list.getList() : List.of(value);
      String label =
          named
              ? ((SqlIdentifier) ((SqlCall) entry).operand(1)).getSimple()
              : values.stream().map(PivotSyntax::label).collect(Collectors.joining("_"));
      pivot.forEachAgg((alias, aggregate) -> {
        String suffix =
            alias != null
                ? "_" + alias
                : pivot.aggList.size() > 1
                    ? "_" + aggregate.toString().replace("`", "").toLowerCase(Locale.ROOT)
                    : "";
        made.accept(Names.restored(label) + Names.restored(suffix), aggregate, values);
      });
    }
  }

  private static String label(SqlNode value) {
    return switch (value) {
      case SqlCharStringLiteral text -> AggregateRewrite.text(text);
      case SqlLiteral literal when literal.getValue() == null -> "NULL";
      default -> value.toString().replace("`", "").replace("'", "");
    };
  }

  /// `unpivot` with the table's spelling, and names of values as texts.
  static SqlUnpivot respell(SqlUnpivot unpivot, FromColumns known) {
    return respelled(unpivot, known.of(unpivot.query).orElse(List.of()));
  }

  private static SqlUnpivot respelled(SqlUnpivot unpivot, List<FromColumns.Column> columns) {
    SqlNodeList entries = new SqlNodeList(unpivot.inList.getParserPosition());
    for (SqlNode entry : unpivot.inList) {
      boolean named = entry.getKind() == SqlKind.AS;
      SqlNodeList read = (SqlNodeList) (named ? ((SqlCall) entry).operand(0) : entry);
      SqlParserPos position = entry.getParserPosition();
      String first = ((SqlIdentifier) read.get(0)).getSimple();
      if (first.startsWith(PivotSpelling.COLUMNS)) {
        matching(first.substring(PivotSpelling.COLUMNS.length()), columns)
            .forEach(name -> entries.add(SqlNodeList.of(new SqlIdentifier(name, position))));
        continue;
      }
      SqlNodeList spelt = new SqlNodeList(read.getParserPosition());
      for (SqlNode column : read) {
        String name = Names.restored(((SqlIdentifier) column).getSimple());
        spelt.add(
            new SqlIdentifier(
                columns.stream()
                    .map(FromColumns.Column::name)
                    .filter(name::equalsIgnoreCase)
                    .findFirst()
                    .orElse(name),
                column.getParserPosition()));
      }
      if (!named) {
        entries.add(spelt);
        continue;
      }
      SqlNodeList values = new SqlNodeList(position);
      for (SqlNode value : (SqlNodeList) ((SqlCall) entry).operand(1)) {
        values.add(
            value instanceof SqlIdentifier name
                ? SqlLiteral.createCharString(
                    Names.restored(name.getSimple()), name.getParserPosition())
                : value);
      }
      entries.add(SqlStdOperatorTable.AS.createCall(position, spelt, values));
    }
    return new SqlUnpivot(
        unpivot.getParserPosition(),
        unpivot.query,
        unpivot.includeNulls,
        unpivot.measureList,
        unpivot.axisList,
        entries);
  }

  private static List<String> matching(String pattern, List<FromColumns.Column> columns) {
    var excluded = EXCLUDED.matcher(pattern);
    Predicate<String> matches;
    if (excluded.matches()) {
      String list = excluded.group(1);
      Set<String> names =
          list == null ? Set.of() : lower(new HashSet<>(List.of(list.strip().split("\\s*,\\s*"))));
      matches = name -> !names.contains(name.toLowerCase(Locale.ROOT));
    } else {
      matches = Pattern.compile(pattern.replaceAll("^'|'$", "")).asPredicate();
    }
    List<String> names = columns.stream().map(FromColumns.Column::name).filter(matches).toList();
    if (names.isEmpty()) {
      throw new CuveeException(
          ErrorCode.COLUMN_NOT_FOUND,
          "No column matches COLUMNS(" + pattern + ") of UNPIVOT. Name the columns.");
    }
    return names;
  }
}
