package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
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
    builder.push(join.getRight()).push(join.getLeft()).join(JoinRelType.RIGHT, condition);
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
      parts.add(new Input(graph, i));
    }
    while (parts.size() > 1) {
      Pair best = best(graph, parts);
      parts.removeIf(part -> part.equals(best.left) || part.equals(best.right));
      parts.add(best);
    }
    Part whole = parts.getFirst();
    builder.push(build(graph, whole));
    RexShuttle toOutput = whole.toOutput(graph);
    return builder
        .filter(graph.constants())
        .project(
            fields.stream().map(field -> field.accept(toOutput)).toList(),
            rel.getRowType().getFieldNames(),
            false)
        .build();
  }

  private static Pair best(JoinGraph graph, List<Part> parts) {
    Pair best = new Pair(graph, parts.get(0), parts.get(1));
    for (int i = 0; i < parts.size(); i++) {
      for (int j = i + 1; j < parts.size(); j++) {
        Pair candidate = new Pair(graph, parts.get(i), parts.get(j));
        if (candidate.isBetterThan(best)) {
          best = candidate;
        }
      }
    }
    return best;
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
    return switch (part) {
      case Input input -> graph.inputs().get(input.number);
      case Pair pair -> {
        RelNode left = build(graph, pair.left);
        RelNode right = build(graph, pair.right);
        RexShuttle toOutput = pair.toOutput(graph);
        List<RexNode> conditions =
            graph.conditions(pair.left.inputs(), pair.right.inputs()).stream()
                .map(condition -> condition.accept(toOutput))
                .toList();
        yield builder
            .push(left)
            .push(right)
            .join(JoinRelType.INNER, RexUtil.composeConjunction(rex, conditions))
            .build();
      }
    };
  }

  /// Some inputs joined in an order.
  private abstract static sealed class Part {
    abstract BitSet inputs();

    abstract double rows();

    /// The inputs in the order of their fields.
    abstract void collect(List<Integer> order);

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
  }

  private static final class Input extends Part {
    private final int number;
    private final double rows;

    Input(JoinGraph graph, int number) {
      this.number = number;
      this.rows = graph.rows(number);
    }

    @Override
    BitSet inputs() {
      BitSet inputs = new BitSet();
      inputs.set(number);
      return inputs;
    }

    @Override
    double rows() {
      return rows;
    }

    @Override
    void collect(List<Integer> order) {
      order.add(number);
    }
  }

  private static final class Pair extends Part {
    private final Part left;
    private final Part right;
    private final BitSet inputs;
    private final double rows;
    private final boolean isProduct;

    /// The part with fewer rows becomes the right one.
    Pair(JoinGraph graph, Part a, Part b) {
      boolean straight = a.rows() >= b.rows();
      left = straight ? a : b;
      right = straight ? b : a;
      inputs = (BitSet) a.inputs().clone();
      inputs.or(b.inputs());
      isProduct = !graph.connects(a.inputs(), b.inputs());
      rows = Math.max(1, a.rows() * b.rows() * graph.selectivity(a.inputs(), b.inputs()));
    }

    boolean isBetterThan(Pair other) {
      if (isProduct != other.isProduct) {
        return other.isProduct;
      }
      return rows < other.rows || rows == other.rows && right.rows() < other.right.rows();
    }

    @Override
    BitSet inputs() {
      return inputs;
    }

    @Override
    double rows() {
      return rows;
    }

    @Override
    void collect(List<Integer> order) {
      left.collect(order);
      right.collect(order);
    }
  }
}
