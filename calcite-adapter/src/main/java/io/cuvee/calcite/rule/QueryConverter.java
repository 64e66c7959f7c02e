package io.cuvee.calcite.rule;

import io.cuvee.calcite.parser.AsOfJoin;
import io.cuvee.calcite.parser.PositionalJoin;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.RelFactories;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.schema.TransientTable;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.jspecify.annotations.Nullable;

/// Calcite's converter, which treats IN with a list as a sub-query and does not find it again in
/// the copies that GROUP BY and ORDER BY make of an expression. Short lists become comparisons
/// wherever they stand.
final class QueryConverter extends SqlToRelConverter {
  /// More values are left to Calcite.
  private static final int MAX_VALUES = 1_000;

  /// The queries of WITH with random values that were read so far.
  private final IdentityHashMap<SqlNode, SharedQuery.Rows> shared = new IdentityHashMap<>();

  QueryConverter(
      SqlValidator validator, CalciteCatalogReader reader, RelOptCluster cluster, Config config) {
    super(
        (rowType, query, schemaPath, viewPath) -> {
          throw new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, "Views are not supported.");
        },
        validator,
        reader,
        cluster,
        Convertlets.INSTANCE,
        config);
  }

  @Override
  protected void convertFrom(
      Blackboard blackboard, @Nullable SqlNode from, @Nullable List<String> fieldNames) {
    super.convertFrom(blackboard, from, fieldNames);
    if (from instanceof SqlWithItem item && RandomColumns.areIn(item.query)) {
      RelNode rel = Objects.requireNonNull(blackboard.root);
      if (RelOptUtil.getVariablesUsed(rel).isEmpty() && !readsRecursion(rel, List.of())) {
        SharedQuery.Rows rows =
            shared.computeIfAbsent(item, i -> new SharedQuery.Rows(shared.size(), rel));
        blackboard.setRoot(rows.read(), true);
      }
    }
  }

  /// Whether rows of a recursive query around it are read, which are others each time.
  private static boolean readsRecursion(RelNode rel, List<List<String>> within) {
    List<List<String>> known = within;
    if (rel instanceof RepeatUnion union) {
      known = new ArrayList<>(within);
      known.add(Objects.requireNonNull(union.getTransientTable()).getQualifiedName());
    }
    if (rel instanceof TableScan scan
        && scan.getTable().unwrap(TransientTable.class) != null
        && !known.contains(scan.getTable().getQualifiedName())) {
      return true;
    }
    for (RelNode input : rel.getInputs()) {
      if (readsRecursion(input, known)) {
        return true;
      }
    }
    return false;
  }

  /// The queries of WITH that may have several readers.
  Collection<SharedQuery.Rows> shared() {
    return shared.values();
  }

  @Override
  protected RelNode createJoin(
      Blackboard blackboard, RelNode left, RelNode right, RexNode condition, JoinRelType type) {
    if (blackboard.scope.getNode() instanceof PositionalJoin) {
      if (!RelOptUtil.getVariablesUsed(right).isEmpty()) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "The right side of a POSITIONAL join cannot refer to rows outside of it.");
      }
      return PositionJoin.of(RelFactories.LOGICAL_BUILDER.create(cluster, null), left, right);
    }
    if (!(blackboard.scope.getNode() instanceof AsOfJoin join)) {
      return super.createJoin(blackboard, left, right, condition, type);
    }
    if (!RelOptUtil.getVariablesUsed(right).isEmpty()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "The right side of an ASOF join cannot refer to rows outside of it.");
    }
    return NearestJoin.of(
        RelFactories.LOGICAL_BUILDER.create(cluster, null), join, left, right, condition, type);
  }

  @Override
  protected @Nullable RexNode convertExtendedExpression(SqlNode node, Blackboard blackboard) {
    boolean isIn = node.getKind() == SqlKind.IN || node.getKind() == SqlKind.NOT_IN;
    if (!isIn
        || !(((SqlCall) node).operand(1) instanceof SqlNodeList list)
        || list.size() > MAX_VALUES
        || ((SqlCall) node).operand(0).getKind() == SqlKind.ROW) {
      return null;
    }
    SqlNode value = ((SqlCall) node).operand(0);
    List<RexNode> comparisons = new ArrayList<>();
    for (SqlNode candidate : list) {
      comparisons.add(
          blackboard.convertExpression(
              SqlStdOperatorTable.EQUALS.createCall(
                  candidate.getParserPosition(), value, candidate)));
    }
    RexNode among = RexUtil.composeDisjunction(rexBuilder, comparisons);
    return node.getKind() == SqlKind.IN
        ? among
        : rexBuilder.makeCall(SqlStdOperatorTable.NOT, among);
  }
}
