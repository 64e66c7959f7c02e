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
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/// What of UNNEST can be planned: one array, of each row of what stands to the left, or a constant.
///
/// @param array over the fields of the left side
/// @param withOrdinality whether the element's position follows it
/// @param conditions over the left fields, then the element and its position
/// @param fields of the right side, over the same
record Unnested(
    RexNode array, boolean withOrdinality, List<RexNode> conditions, List<RexNode> fields) {

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` unless one array is unnested
  static void check(Uncollect uncollect) {
    if (uncollect.getInput().getRowType().getFieldCount() != 1
        || uncollect.getInput().getRowType().getFieldList().getFirst().getType().getComponentType()
            == null) {
      throw unsupported("UNNEST of anything but one array");
    }
  }

  /// Whether the right side is an UNNEST, below projections and conditions at most.
  static boolean isPlain(Correlate correlate) {
    RelNode right = correlate.getRight();
    while (right instanceof Filter || right instanceof Project project && !project.containsOver()) {
      right = right.getInput(0);
    }
    return right instanceof Uncollect
        && (correlate.getJoinType() == JoinRelType.INNER || isPlainLeft(correlate));
  }

  private static boolean isPlainLeft(Correlate correlate) {
    RelNode right = correlate.getRight();
    while (right instanceof Project project
        && project.getProjects().stream().allMatch(field -> field instanceof RexInputRef)) {
      right = project.getInput();
    }
    return correlate.getJoinType() == JoinRelType.LEFT && right instanceof Uncollect;
  }

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if the right side is something else
  static Unnested of(Correlate correlate) {
    int width = correlate.getLeft().getRowType().getFieldCount();
    Unnested right = of(correlate.getRight(), correlate, width);
    boolean plain =
        right.conditions().isEmpty()
            && right.fields().stream()
                .allMatch(field ->
                    field instanceof RexInputRef reference && reference.getIndex() >= width);
    if (correlate.getJoinType() != JoinRelType.INNER
        && (correlate.getJoinType() != JoinRelType.LEFT || !plain)) {
      throw unsupported("UNNEST in this place");
    }
    return right;
  }

  private static Unnested of(RelNode right, Correlate correlate, int width) {
    return switch (right) {
      case Filter filter -> {
        Unnested below = of(filter.getInput(), correlate, width);
        List<RexNode> conditions = new ArrayList<>(below.conditions());
        conditions.add(over(filter.getCondition(), below, correlate));
        yield new Unnested(below.array(), below.withOrdinality(), conditions, below.fields());
      }
      case Project project when !project.containsOver() -> {
        Unnested below = of(project.getInput(), correlate, width);
        List<RexNode> fields =
            project.getProjects().stream().map(node -> over(node, below, correlate)).toList();
        yield new Unnested(below.array(), below.withOrdinality(), below.conditions(), fields);
      }
      case Uncollect uncollect -> {
        check(uncollect);
        if (!(uncollect.getInput() instanceof Project array)
            || !(array.getInput() instanceof Values one)
            || one.getTuples().size() != 1) {
          throw unsupported("UNNEST in this place");
        }
        List<RexNode> fields = new ArrayList<>();
        for (RelDataTypeField field : uncollect.getRowType().getFieldList()) {
          fields.add(new RexInputRef(width + field.getIndex(), field.getType()));
        }
        Unnested nothing = new Unnested(array.getProjects().getFirst(), false, List.of(), fields);
        yield new Unnested(
            over(nothing.array(), nothing, correlate), uncollect.withOrdinality, List.of(), fields);
      }
      default ->
          throw unsupported(
              holdsUnnest(right)
                  ? "UNNEST in a sub-query of its own"
                  : "A sub-query that refers to the outer query in this way");
    };
  }

  /// An expression over the fields of a part of the right side, as one over those of the left side
  /// and of the element.
  private static RexNode over(RexNode node, Unnested below, Correlate correlate) {
    return node.accept(
        new RexShuttle() {
          @Override
          public RexNode visitInputRef(RexInputRef field) {
            return below.fields().get(field.getIndex());
          }

          @Override
          public RexNode visitFieldAccess(RexFieldAccess access) {
            return access.getReferenceExpr() instanceof RexCorrelVariable variable
                    && variable.id.equals(correlate.getCorrelationId())
                ? new RexInputRef(access.getField().getIndex(), access.getType())
                : super.visitFieldAccess(access);
          }
        });
  }

  private static boolean holdsUnnest(RelNode rel) {
    return rel instanceof Uncollect || rel.getInputs().stream().anyMatch(Unnested::holdsUnnest);
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported.");
  }
}
