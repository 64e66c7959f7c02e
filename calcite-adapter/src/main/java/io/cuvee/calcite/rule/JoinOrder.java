package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.tools.RelBuilder;

/// Orders joins by the rows that they are thought to give, and puts the smaller side of each to the
/// right, where it is held.
///
/// Inner joins that follow each other become one set of inputs and conditions. From it the two
/// inputs whose join gives the fewest rows are joined first, and so on ("greedy operator ordering",
/// Fegaras 1998), pairs without a condition last.
final class JoinOrder {
  /// A left join is turned round if its right side has so many times more rows.
  private static final double TURN_FACTOR = 2;

  private final RelBuilder builder;
  private final RexBuilder rex;
  private final Cardinality cardinality = new Cardinality();

  JoinOrder(RelBuilder builder) {
    this.builder = builder;
    this.rex = builder.getRexBuilder();
  }

  /// `rel` with its joins ordered; the fields stay the same.
  RelNode apply(RelNode rel) {
    if (isInner(rel)) {
      return ordered(rel);
    }
    List<RelNode> inputs = new ArrayList<>();
    for (RelNode input : rel.getInputs()) {
      inputs.add(apply(input));
    }
    RelNode copy = inputs.equals(rel.getInputs()) ? rel : rel.copy(rel.getTraitSet(), inputs);
    return copy instanceof Join join ? turned(join) : copy;
  }

  private static boolean isInner(RelNode rel) {
    return rel instanceof Join join && join.getJoinType() == JoinRelType.INNER;
  }

  /// The smaller side of an outer join is held, as that of an inner one.
  private RelNode turned(Join join) {
    double left = cardinality.rows(join.getLeft());
    double right = cardinality.rows(join.getRight());
    if (join.getJoinType() != JoinRelType.LEFT || right <= left * TURN_FACTOR) {
      return join;
    }
    int leftWidth = join.getLeft().getRowType().getFieldCount();
    int rightWidth = join.getRight().getRowType().getFieldCount();
    RexNode condition =
        join.getCondition()
            .accept(
                new RexShuttle() {
                  @Override
                  public RexNode visitInputRef(RexInputRef ref) {
                    int index = ref.getIndex();
                    return new RexInputRef(
                        index < leftWidth ? index + rightWidth : index - leftWidth, ref.getType());
                  }
                });
    builder
        .push(join.getRight())
        .push(join.getLeft())
        .join(JoinRelType.RIGHT, condition);
    List<RexNode> fields = new ArrayList<>();
    for (int i = 0; i < leftWidth + rightWidth; i++) {
      fields.add(builder.field(i < leftWidth ? rightWidth + i : i - leftWidth));
    }
    return builder.project(fields, join.getRowType().getFieldNames(), true).build();
  }

  private RelNode ordered(RelNode rel) {
    JoinGraph graph = new JoinGraph(rex, cardinality);
    List<RexNode> fields = flatten(rel, graph);
    graph.close(builder);
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < graph.inputs().size(); i++) {
      parts.add(Part.of(graph, i));
    }
    while (parts.size() > 1) {
      Part best = null;
      Part bestLeft = null;
      Part bestRight = null;
      for (int i = 0; i < parts.size(); i++) {
        for (int j = i + 1; j < parts.size(); j++) {
          Part candidate = Part.join(graph, parts.get(i), parts.get(j));
          if (best == null || candidate.isBetterThan(best)) {
            best = candidate;
            bestLeft = parts.get(i);
            bestRight = parts.get(j);
          }
        }
      }
      parts.remove(bestLeft);
      parts.remove(bestRight);
      parts.add(best);
    }
    Part whole = parts.getFirst();
    builder.push(build(graph, whole));
    RexShuttle toOutput = whole.toOutput(graph);
    List<RexNode> constant = new ArrayList<>();
    graph.constants().forEach(constant::add);
    builder.filter(constant);
    return builder
        .project(
            fields.stream().map(field -> field.accept(toOutput)).toList(),
            rel.getRowType().getFieldNames(),
            false)
        .build();
  }

  /// Adds inner joins, and what filters and renames their rows, to the graph.
  ///
  /// @return what the fields are in terms of the graph's columns
  private List<RexNode> flatten(RelNode rel, JoinGraph graph) {
    if (isInner(rel)) {
      Join join = (Join) rel;
      List<RexNode> fields = new ArrayList<>(flatten(join.getLeft(), graph));
      fields.addAll(flatten(join.getRight(), graph));
      graph.addConditions(join.getCondition(), fields);
      return fields;
    }
    if (rel instanceof Filter filter && !filter.containsOver() && reachesInner(rel)) {
      List<RexNode> fields = flatten(filter.getInput(), graph);
      graph.addConditions(filter.getCondition(), fields);
      return fields;
    }
    if (rel instanceof Project project && isPlain(project) && reachesInner(rel)) {
      List<RexNode> below = flatten(project.getInput(), graph);
      List<RexNode> fields = new ArrayList<>();
      for (RexNode field : project.getProjects()) {
        fields.add(below.get(((RexInputRef) field).getIndex()));
      }
      return fields;
    }
    return graph.addInput(apply(rel));
  }

  private static boolean isPlain(Project project) {
    return project.getProjects().stream().allMatch(field -> field instanceof RexInputRef);
  }

  private static boolean reachesInner(RelNode rel) {
    return switch (rel) {
      case Filter filter -> !filter.containsOver() && reachesInner(filter.getInput());
      case Project project -> isPlain(project) && reachesInner(project.getInput());
      default -> isInner(rel);
    };
  }

  private RelNode build(JoinGraph graph, Part part) {
    Part left = part.left;
    Part right = part.right;
    if (left == null || right == null) {
      return graph.inputs().get(part.inputs.nextSetBit(0));
    }
    RelNode leftRel = build(graph, left);
    RelNode rightRel = build(graph, right);
    RexShuttle toOutput = part.toOutput(graph);
    List<RexNode> conditions = new ArrayList<>();
    for (RexNode condition : graph.conditions(left.inputs, right.inputs)) {
      conditions.add(condition.accept(toOutput));
    }
    return builder
        .push(leftRel)
        .push(rightRel)
        .join(JoinRelType.INNER, RexUtil.composeConjunction(rex, conditions))
        .build();
  }

  /// Some inputs joined in an order.
  private static final class Part {
    private final BitSet inputs;
    private final double rows;
    private final boolean isProduct;
    private final double heldRows;
    private final Part left;
    private final Part right;

    private Part(
        BitSet inputs, double rows, boolean isProduct, double heldRows, Part left, Part right) {
      this.inputs = inputs;
      this.rows = rows;
      this.isProduct = isProduct;
      this.heldRows = heldRows;
      this.left = left;
      this.right = right;
    }

    static Part of(JoinGraph graph, int input) {
      BitSet inputs = new BitSet();
      inputs.set(input);
      return new Part(inputs, graph.rows(input), false, 0, null, null);
    }

    static Part join(JoinGraph graph, Part a, Part b) {
      BitSet inputs = (BitSet) a.inputs.clone();
      inputs.or(b.inputs);
      boolean straight = a.rows >= b.rows;
      double selectivity = graph.selectivity(a.inputs, b.inputs);
      return new Part(
          inputs,
          Math.max(1, a.rows * b.rows * selectivity),
          !graph.connects(a.inputs, b.inputs),
          Math.min(a.rows, b.rows),
          straight ? a : b,
          straight ? b : a);
    }

    boolean isBetterThan(Part other) {
      if (isProduct != other.isProduct) {
        return other.isProduct;
      }
      return rows < other.rows || rows == other.rows && heldRows < other.heldRows;
    }

    /// From columns of the graph to fields of this part's rows.
    RexShuttle toOutput(JoinGraph graph) {
      List<Integer> order = new ArrayList<>();
      collect(order);
      int[] offsets = new int[graph.inputs().size()];
      int next = 0;
      for (int input : order) {
        offsets[input] = next;
        next += graph.inputs().get(input).getRowType().getFieldCount();
      }
      return new RexShuttle() {
        @Override
        public RexNode visitInputRef(RexInputRef ref) {
          int input = graph.inputOf(ref.getIndex());
          return new RexInputRef(
              offsets[input] + ref.getIndex() - graph.offset(input), ref.getType());
        }
      };
    }

    private void collect(List<Integer> order) {
      if (left == null || right == null) {
        order.add(inputs.nextSetBit(0));
      } else {
        left.collect(order);
        right.collect(order);
      }
    }
  }
}
