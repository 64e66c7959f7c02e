package io.cuvee.calcite.translate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;

/// What of UNNEST can be planned: one array, of each row of what stands to the left, or a constant.
///
/// @param array over the fields of the left side
/// @param conditions on the rows of the result: the left fields, then the element
record Unnested(RexNode array, List<RexNode> conditions) {

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` unless one array is unnested
  static void check(Uncollect uncollect) {
    if (uncollect.withOrdinality) {
      throw unsupported("UNNEST WITH ORDINALITY");
    }
    if (uncollect.getInput().getRowType().getFieldCount() != 1
        || uncollect.getInput().getRowType().getFieldList().getFirst().getType().getComponentType()
            == null) {
      throw unsupported("UNNEST of anything but one array");
    }
  }

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if the right side is something else
  static Unnested of(Correlate correlate) {
    RexShuttle toResult = toResult(correlate);
    List<RexNode> conditions = new ArrayList<>();
    RelNode right = correlate.getRight();
    while (true) {
      if (right instanceof Filter filter) {
        conditions.add(filter.getCondition().accept(toResult));
        right = filter.getInput();
      } else if (right instanceof Project renaming
          && renaming.getProjects().size() == 1
          && RexUtil.isIdentity(renaming.getProjects(), renaming.getInput().getRowType())) {
        right = renaming.getInput();
      } else {
        break;
      }
    }
    boolean isJoin =
        correlate.getJoinType() == JoinRelType.INNER
            || (correlate.getJoinType() == JoinRelType.LEFT && conditions.isEmpty());
    if (!(right instanceof Uncollect uncollect)) {
      throw unsupported(
          holdsUnnest(right)
              ? "UNNEST in a sub-query of its own"
              : "A sub-query that refers to the outer query in this way");
    }
    check(uncollect);
    if (!isJoin
        || !(uncollect.getInput() instanceof Project array)
        || !(array.getInput() instanceof Values one)
        || one.getTuples().size() != 1) {
      throw unsupported("UNNEST in this place");
    }
    return new Unnested(array.getProjects().getFirst().accept(toResult), conditions);
  }

  private static RexShuttle toResult(Correlate correlate) {
    int width = correlate.getLeft().getRowType().getFieldCount();
    return new RexShuttle() {
      @Override
      public RexNode visitInputRef(RexInputRef element) {
        return new RexInputRef(width + element.getIndex(), element.getType());
      }

      @Override
      public RexNode visitFieldAccess(RexFieldAccess access) {
        return access.getReferenceExpr() instanceof RexCorrelVariable variable
                && variable.id.equals(correlate.getCorrelationId())
            ? new RexInputRef(access.getField().getIndex(), access.getType())
            : super.visitFieldAccess(access);
      }
    };
  }

  private static boolean holdsUnnest(RelNode rel) {
    return rel instanceof Uncollect || rel.getInputs().stream().anyMatch(Unnested::holdsUnnest);
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported.");
  }
}
