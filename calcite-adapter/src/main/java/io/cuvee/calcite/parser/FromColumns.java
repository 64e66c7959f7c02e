package io.cuvee.calcite.parser;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.VirtualColumns;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlStarExclude;
import org.apache.calcite.sql.SqlStarReplace;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// The columns of queries and of what they read, as far as syntax and catalog tell before a
/// statement is validated.
final class FromColumns {
  private final Catalog catalog;

  /// The queries of WITH, by their names in small letters; absent columns are not known.
  private final Map<String, Optional<List<String>>> common = new HashMap<>();

  FromColumns(Catalog catalog) {
    this.catalog = catalog;
  }

  /// @param table by which the column may be called; absent if there is none, or several
  /// @param name empty if the column has none of its own
  record Column(Optional<String> table, String name) {
    SqlIdentifier identifier(SqlParserPos position) {
      return table
          .map(of -> new SqlIdentifier(List.of(of, name), position))
          .orElseGet(() -> new SqlIdentifier(name, position));
    }
  }

  /// Makes the queries of WITH known.
  void add(SqlWith with) {
    for (SqlNode node : with.withList) {
      SqlWithItem item = (SqlWithItem) node;
      String name = item.name.getSimple().toLowerCase(Locale.ROOT);
      common.put(name, Optional.empty());
      SqlNodeList names = item.columnList;
      common.put(
          name,
          names == null ? ofQuery(item.query) : Optional.of(SqlIdentifier.simpleNames(names)));
    }
  }

  /// The names of a query's columns.
  Optional<List<String>> ofQuery(SqlNode query) {
    return switch (query) {
      case SqlOrderBy sorted -> ofQuery(sorted.query);
      case SqlWith with -> {
        add(with);
        yield ofQuery(with.body);
      }
      case SqlSelect select -> ofSelect(select);
      case SqlCall call when call.isA(SqlKind.SET_QUERY) -> ofQuery(call.operand(0));
      default -> Optional.empty();
    };
  }

  private Optional<List<String>> ofSelect(SqlSelect select) {
    List<String> names = new ArrayList<>();
    for (SqlNode item : select.getSelectList()) {
      SqlIdentifier star = star(item);
      if (star != null) {
        Optional<List<Column>> columns = of(select.getFrom());
        if (columns.isEmpty()) {
          return Optional.empty();
        }
        for (Column column : columns.get()) {
          if (isIn(star, column) && !StarColumns.isExcluded(item, column)) {
            names.add(column.name());
          }
        }
      } else {
        names.add(name(item));
      }
    }
    return Optional.of(names);
  }

  static @Nullable SqlIdentifier star(SqlNode item) {
    return switch (item) {
      case SqlIdentifier name when name.isStar() -> name;
      case SqlStarExclude exclude -> star(exclude.operand(0));
      case SqlStarReplace replace -> star(replace.operand(0));
      default -> null;
    };
  }

  static boolean isIn(SqlIdentifier star, Column column) {
    int tables = star.names.size() - 1;
    return tables == 0
        || column.table().filter(star.names.get(tables - 1)::equalsIgnoreCase).isPresent();
  }

  private static String name(SqlNode item) {
    return switch (item.getKind()) {
      case AS -> ((SqlIdentifier) ((SqlCall) item).operand(1)).getSimple();
      case IDENTIFIER -> Names.restored(((SqlIdentifier) item).names.getLast());
      default -> "";
    };
  }

  /// What a FROM gives; absent if it is not known.
  Optional<List<Column>> of(@Nullable SqlNode from) {
    if (from == null) {
      return Optional.of(List.of());
    }
    return switch (from.getKind()) {
      case AS -> {
        SqlCall call = (SqlCall) from;
        String alias = ((SqlIdentifier) call.operand(1)).getSimple();
        if (call.operandCount() == 2) {
          yield of(call.operand(0)).map(columns -> columns(alias, names(columns)));
        }
        List<String> names = new ArrayList<>();
        call.getOperandList().stream()
            .skip(2)
            .forEach(name -> names.add(((SqlIdentifier) name).getSimple()));
        yield Optional.of(columns(alias, names));
      }
      case IDENTIFIER -> table((SqlIdentifier) from);
      case TABLE_REF, LATERAL, TABLESAMPLE -> of(((SqlCall) from).operand(0));
      case JOIN -> join((SqlJoin) from);
      case PIVOT -> PivotSyntax.names((SqlPivot) from, this).map(FromColumns::unnamed);
      case UNPIVOT -> PivotSyntax.names((SqlUnpivot) from, this).map(FromColumns::unnamed);
      case SELECT, ORDER_BY, WITH, UNION, INTERSECT, EXCEPT ->
          ofQuery(from).map(FromColumns::unnamed);
      default -> Optional.empty();
    };
  }

  private static List<Column> unnamed(List<String> names) {
    return names.stream().map(name -> new Column(Optional.empty(), name)).toList();
  }

  private static List<String> names(List<Column> columns) {
    return columns.stream().map(Column::name).toList();
  }

  private static List<Column> columns(String table, List<String> names) {
    return names.stream().map(name -> new Column(Optional.of(table), name)).toList();
  }

  private Optional<List<Column>> table(SqlIdentifier identifier) {
    String name = Names.restored(identifier.names.getLast());
    Optional<List<String>> known =
        identifier.isSimple() ? common.get(name.toLowerCase(Locale.ROOT)) : null;
    if (known != null) {
      return known.map(names -> columns(name, names));
    }
    return catalog
        .table(name)
        .map(table ->
            columns(
                name,
                table.columns().stream()
                    .map(Catalog.TableColumn::name)
                    .filter(column -> VirtualColumns.find(column).isEmpty())
                    .toList()));
  }

  private Optional<List<Column>> join(SqlJoin join) {
    Optional<List<Column>> left = of(join.getLeft());
    Optional<List<Column>> right = of(join.getRight());
    if (left.isEmpty() || right.isEmpty() || join.isNatural()) {
      return Optional.empty();
    }
    List<Column> columns = new ArrayList<>();
    List<String> merged =
        join.getConditionType() == JoinConditionType.USING
                && join.getCondition() instanceof SqlNodeList using
            ? SqlIdentifier.simpleNames(using)
            : List.of();
    merged.forEach(name -> columns.add(new Column(Optional.empty(), name)));
    for (List<Column> side : List.of(left.get(), right.get())) {
      side.stream()
          .filter(column -> merged.stream().noneMatch(column.name()::equalsIgnoreCase))
          .forEach(columns::add);
    }
    return Optional.of(columns);
  }
}
