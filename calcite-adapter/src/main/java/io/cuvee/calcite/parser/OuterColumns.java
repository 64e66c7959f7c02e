package io.cuvee.calcite.parser;

import io.cuvee.common.function.AggregateReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/// A sub-query of one group may read columns of the outer query beside its aggregates: `(SELECT
/// SUM(i) + outer.x FROM t)`. Calcite asks for them in GROUP BY, so they move to a query around the
/// aggregates: `(SELECT s + outer.x FROM (SELECT SUM(i) AS s FROM t))`.
final class OuterColumns {
  private final List<FromColumns.Column> own;
  private final List<SqlNode> aggregates = new ArrayList<>();
  private boolean readsOuter;
  private boolean unfit;

  private OuterColumns(List<FromColumns.Column> own) {
    this.own = own;
  }

  /// Changes `select`, which is a sub-query, if it is such a one.
  static void separate(SqlSelect select, FromColumns known) {
    if (select.getFrom() == null
        || select.getGroup() != null
        || select.getHaving() != null
        || select.getQualify() != null
        || select.isDistinct()
        || !select.getWindowList().isEmpty()) {
      return;
    }
    Optional<List<FromColumns.Column>> own = known.of(select.getFrom());
    if (own.isEmpty()) {
      return;
    }
    OuterColumns columns = new OuterColumns(own.get());
    SqlNodeList list = select.getSelectList();
    List<SqlNode> items = new ArrayList<>();
    for (SqlNode item : list) {
      items.add(columns.separated(item));
    }
    if (columns.unfit || !columns.readsOuter || columns.aggregates.isEmpty()) {
      return;
    }
    SqlParserPos position = list.getParserPosition();
    List<SqlNode> named = new ArrayList<>();
    for (int i = 0; i < columns.aggregates.size(); i++) {
      named.add(
          SqlStdOperatorTable.AS.createCall(
              position, columns.aggregates.get(i), name(i, position)));
    }
    SqlSelect inner =
        SyntaxRewrite.select(
            position, named, Objects.requireNonNull(select.getFrom()), select.getWhere());
    select.setSelectList(new SqlNodeList(items, position));
    select.setFrom(
        SqlStdOperatorTable.AS.createCall(
            position, inner, new SqlIdentifier("aggregates$", position)));
    select.setWhere(null);
  }

  private static SqlIdentifier name(int number, SqlParserPos position) {
    return new SqlIdentifier("aggregate$" + number, position);
  }

  private SqlNode separated(SqlNode item) {
    return Objects.requireNonNull(
        item.accept(
            new SqlShuttle() {
              @Override
              public @Nullable SqlNode visit(SqlCall call) {
                if (call.getKind() == SqlKind.AS) {
                  SqlNode value = Objects.requireNonNull(call.operand(0).accept(this));
                  return call.getOperator()
                      .createCall(call.getParserPosition(), value, call.operand(1));
                }
                if (call.isA(SqlKind.QUERY) || call.getKind() == SqlKind.OVER) {
                  unfit = true;
                  return call;
                }
                if (isAggregate(call)) {
                  aggregates.add(call);
                  return name(aggregates.size() - 1, call.getParserPosition());
                }
                return super.visit(call);
              }

              @Override
              public SqlNode visit(SqlIdentifier name) {
                unfit |= name.isStar() || isOwn(name);
                readsOuter = true;
                return name;
              }
            }));
  }

  private static boolean isAggregate(SqlCall call) {
    return switch (call.getKind()) {
      case FILTER, WITHIN_GROUP, IGNORE_NULLS, RESPECT_NULLS -> true;
      default ->
          call.getOperator() instanceof SqlFunction function
              && AggregateReference.find(
                      Names.restored(function.getName()).toUpperCase(Locale.ROOT))
                  .isPresent();
    };
  }

  private boolean isOwn(SqlIdentifier name) {
    String column = Names.restored(name.names.getLast());
    return own.stream()
        .anyMatch(known ->
            known.name().equalsIgnoreCase(column)
                && (name.isSimple()
                    || known.table().isEmpty()
                    || known
                        .table()
                        .filter(name.names.get(name.names.size() - 2)::equalsIgnoreCase)
                        .isPresent()));
  }
}
