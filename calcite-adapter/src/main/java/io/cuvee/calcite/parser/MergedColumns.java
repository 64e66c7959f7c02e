package io.cuvee.calcite.parser;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/// The one column that USING makes of two, where Calcite takes its name for ambiguous: when the
/// join is a part of another one, and when GROUP BY counts the columns. Its name becomes that of
/// the side whose rows are kept, or for a full join that which is there.
final class MergedColumns {
  private static final int CONDITION = 5;

  private final FromColumns known;

  private MergedColumns(FromColumns known) {
    this.known = known;
  }

  static void resolve(SqlSelect select, FromColumns known) {
    SqlNode from = select.getFrom();
    if (!(from instanceof SqlJoin join) || !merges(join)) {
      return;
    }
    boolean nested = merges(join.getLeft()) || merges(join.getRight());
    if (nested || isCounted(select)) {
      new MergedColumns(known).resolve(select, join);
    }
  }

  /// Whether USING makes one column of two somewhere in a FROM.
  static boolean merges(@Nullable SqlNode from) {
    return from instanceof SqlJoin join
        && (isUsing(join) || merges(join.getLeft()) || merges(join.getRight()));
  }

  private static boolean isUsing(SqlJoin join) {
    return join.getConditionType() == JoinConditionType.USING;
  }

  private static boolean isCounted(SqlSelect select) {
    return GroupByAll.isMarked(select)
        || select.getGroup() != null
            && select.getGroup().stream().anyMatch(key -> key.getKind() == SqlKind.LITERAL);
  }

  private void resolve(SqlSelect select, SqlJoin from) {
    SqlNodeList items = select.getSelectList();
    for (int i = 0; i < items.size(); i++) {
      SqlNode item = items.get(i);
      SqlNode resolved = resolved(item, from);
      boolean named = item instanceof SqlIdentifier && !(resolved instanceof SqlIdentifier);
      items.set(
          i,
          named
              ? SqlStdOperatorTable.AS.createCall(item.getParserPosition(), resolved, item)
              : resolved);
    }
    select.setWhere(resolvedOrNone(select.getWhere(), from));
    select.setGroupBy((SqlNodeList) resolvedOrNone(select.getGroup(), from));
    select.setHaving(resolvedOrNone(select.getHaving(), from));
    select.setQualify(resolvedOrNone(select.getQualify(), from));
    conditions(from);
  }

  private void conditions(SqlJoin join) {
    if (join.getConditionType() == JoinConditionType.ON && join.getCondition() != null) {
      join.setOperand(CONDITION, resolved(join.getCondition(), join));
    }
    for (SqlNode side : List.of(join.getLeft(), join.getRight())) {
      if (side instanceof SqlJoin inner) {
        conditions(inner);
      }
    }
  }

  private @Nullable SqlNode resolvedOrNone(@Nullable SqlNode node, SqlJoin from) {
    return node == null ? null : resolved(node, from);
  }

  private SqlNode resolved(SqlNode node, SqlJoin from) {
    return Objects.requireNonNull(node.accept(new Resolution(from)));
  }

  private final class Resolution extends SqlShuttle {
    private final SqlJoin from;

    Resolution(SqlJoin from) {
      this.from = from;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      // Queries within have columns of their own; behind AS and OVER are names of other things.
      if (call.isA(SqlKind.QUERY)) {
        return call;
      }
      if (call.getKind() == SqlKind.AS
          || call.getKind() == SqlKind.OVER && call.operand(1) instanceof SqlIdentifier) {
        return call.getOperator()
            .createCall(call.getParserPosition(), call.operand(0).accept(this), call.operand(1));
      }
      return super.visit(call);
    }

    @Override
    public SqlNode visit(SqlIdentifier name) {
      if (!name.isSimple() || !isMerged(from, name.getSimple())) {
        return name;
      }
      return value(from, name.getSimple(), name.getParserPosition()).orElse(name);
    }
  }

  private static boolean isMerged(SqlNode from, String name) {
    return from instanceof SqlJoin join
        && (isUsing(join)
                && SqlIdentifier.simpleNames((SqlNodeList) join.getCondition()).stream()
                    .anyMatch(name::equalsIgnoreCase)
            || isMerged(join.getLeft(), name)
            || isMerged(join.getRight(), name));
  }

  /// The column of this name; absent if there is none, or several, or who knows.
  private Optional<SqlNode> value(SqlNode from, String name, SqlParserPos position) {
    if (!(from instanceof SqlJoin join)) {
      return known
          .of(from)
          .flatMap(columns ->
              columns.stream()
                  .filter(column -> column.name().equalsIgnoreCase(name))
                  .map(column -> (SqlNode) column.identifier(position))
                  .findFirst());
    }
    Optional<SqlNode> left = value(join.getLeft(), name, position);
    Optional<SqlNode> right = value(join.getRight(), name, position);
    if (left.isEmpty() || right.isEmpty()) {
      return left.or(() -> right);
    }
    boolean merged =
        isUsing(join)
            && SqlIdentifier.simpleNames((SqlNodeList) join.getCondition()).stream()
                .anyMatch(name::equalsIgnoreCase);
    if (!merged) {
      return Optional.empty();
    }
    return join.getJoinType() == JoinType.FULL
        ? Optional.of(
            SqlStdOperatorTable.COALESCE.createCall(
                position, left.orElseThrow(), right.orElseThrow()))
        : join.getJoinType() == JoinType.RIGHT ? right : left;
  }
}
