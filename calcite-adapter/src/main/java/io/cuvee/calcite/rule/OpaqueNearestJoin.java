package io.cuvee.calcite.rule;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.validate.SqlValidatorUtil;

/// An ASOF join that no rule knows: one that keeps the rows of the right side which are nearest to
/// none of the left, and maybe those of the left too, which Calcite does not have, or any that is
/// hidden from a rule.
public final class OpaqueNearestJoin extends BiRel {
  private final JoinRelType type;
  private final RexNode condition;
  private final RexNode nearest;

  /// @param type RIGHT or FULL, or one of Calcite's ASOF joins
  /// @param condition equalities
  /// @param nearest the comparison
  OpaqueNearestJoin(
      RelNode left, RelNode right, JoinRelType type, RexNode condition, RexNode nearest) {
    super(left.getCluster(), left.getTraitSet(), left, right);
    this.type = type;
    this.condition = condition;
    this.nearest = nearest;
  }

  /// RIGHT or FULL, or one of Calcite's ASOF joins.
  public JoinRelType type() {
    return type;
  }

  /// Equalities of both sides.
  public RexNode condition() {
    return condition;
  }

  /// The comparison of both sides that says what is near.
  public RexNode nearest() {
    return nearest;
  }

  @Override
  protected RelDataType deriveRowType() {
    return SqlValidatorUtil.deriveJoinRowType(
        left.getRowType(),
        right.getRowType(),
        type,
        getCluster().getTypeFactory(),
        null,
        List.of());
  }

  @Override
  public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
    return new OpaqueNearestJoin(inputs.get(0), inputs.get(1), type, condition, nearest);
  }

  @Override
  public RelNode accept(RexShuttle shuttle) {
    return new OpaqueNearestJoin(
        left, right, type, shuttle.apply(condition), shuttle.apply(nearest));
  }

  @Override
  public double estimateRowCount(RelMetadataQuery metadata) {
    return metadata.getRowCount(left) + metadata.getRowCount(right);
  }

  @Override
  public RelWriter explainTerms(RelWriter writer) {
    return super.explainTerms(writer)
        .item("type", type)
        .item("condition", condition)
        .item("nearest", nearest);
  }
}
