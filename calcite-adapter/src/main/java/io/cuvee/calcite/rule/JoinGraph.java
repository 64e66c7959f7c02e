package io.cuvee.calcite.rule;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.tools.RelBuilder;

/// The inputs of inner joins and the conditions between them. Columns are numbered through all
/// inputs. Columns that must be equal form classes, so that inputs are connected also where only
/// other equalities say so.
final class JoinGraph {
  private final RexBuilder rex;
  private final Cardinality cardinality;
  private final List<RelNode> inputs = new ArrayList<>();
  private final List<Integer> offsets = new ArrayList<>();
  private final List<RexNode> pending = new ArrayList<>();
  private final List<RexNode> constants = new ArrayList<>();

  /// Columns that are equal.
  private final List<BitSet> classes = new ArrayList<>();

  /// Other conditions, and which inputs they are about.
  private final List<RexNode> others = new ArrayList<>();

  private final List<BitSet> otherInputs = new ArrayList<>();
  private double[] rows = new double[0];
  private int width;

  JoinGraph(RexBuilder rex, Cardinality cardinality) {
    this.rex = rex;
    this.cardinality = cardinality;
  }

  /// @return its columns
  List<RexNode> addInput(RelNode input) {
    List<RexNode> columns = new ArrayList<>();
    inputs.add(input);
    offsets.add(width);
    for (RelDataTypeField field : input.getRowType().getFieldList()) {
      columns.add(new RexInputRef(width++, field.getType()));
    }
    return columns;
  }

  /// @param fields what the condition's fields are in terms of columns
  void addConditions(RexNode condition, List<RexNode> fields) {
    RexNode ofColumns =
        condition.accept(
            new RexShuttle() {
              @Override
              public RexNode visitInputRef(RexInputRef ref) {
                return fields.get(ref.getIndex());
              }
            });
    pending.addAll(RelOptUtil.conjunctions(RexUtil.pullFactors(rex, ofColumns)));
  }

  /// Sorts the conditions once all are known; those on one input become filters of it.
  void close(RelBuilder builder) {
    List<List<RexNode>> filters = new ArrayList<>();
    inputs.forEach(input -> filters.add(new ArrayList<>()));
    for (RexNode condition : pending) {
      BitSet touched = inputsOf(condition);
      int count = touched.cardinality();
      if (count == 0) {
        constants.add(condition);
      } else if (count == 1) {
        filters.get(touched.nextSetBit(0)).add(condition);
      } else if (!addEquality(condition)) {
        others.add(condition);
        otherInputs.add(touched);
        imply(condition, touched, filters);
      }
    }
    for (BitSet equal : classes) {
      equateWithinInputs(equal, filters);
    }
    rows = new double[inputs.size()];
    for (int i = 0; i < rows.length; i++) {
      int offset = offsets.get(i);
      if (!filters.get(i).isEmpty()) {
        List<RexNode> local =
            filters.get(i).stream().map(filter -> RexUtil.shift(filter, -offset)).toList();
        inputs.set(i, builder.push(inputs.get(i)).filter(local).build());
      }
      rows[i] = cardinality.rows(inputs.get(i));
    }
  }

  private boolean addEquality(RexNode condition) {
    if (!(condition instanceof RexCall call)
        || call.getKind() != SqlKind.EQUALS
        || !(call.getOperands().get(0) instanceof RexInputRef a)
        || !(call.getOperands().get(1) instanceof RexInputRef b)
        || a.getType().getSqlTypeName() != b.getType().getSqlTypeName()) {
      return false;
    }
    BitSet merged = new BitSet();
    merged.set(a.getIndex());
    merged.set(b.getIndex());
    classes.removeIf(equal -> {
      boolean joins = equal.get(a.getIndex()) || equal.get(b.getIndex());
      if (joins) {
        merged.or(equal);
      }
      return joins;
    });
    classes.add(merged);
    return true;
  }

  /// Of a choice between conditions, what each alternative says about one input alone.
  private void imply(RexNode condition, BitSet touched, List<List<RexNode>> filters) {
    if (condition.getKind() != SqlKind.OR) {
      return;
    }
    for (int input = touched.nextSetBit(0); input >= 0; input = touched.nextSetBit(input + 1)) {
      List<RexNode> alternatives = new ArrayList<>();
      for (RexNode alternative : RelOptUtil.disjunctions(condition)) {
        int only = input;
        List<RexNode> local =
            RelOptUtil.conjunctions(alternative).stream()
                .filter(part -> {
                  BitSet about = inputsOf(part);
                  return about.cardinality() == 1 && about.get(only);
                })
                .toList();
        if (local.isEmpty()) {
          alternatives.clear();
          break;
        }
        alternatives.add(RexUtil.composeConjunction(rex, local));
      }
      if (!alternatives.isEmpty()) {
        filters.get(input).add(RexUtil.composeDisjunction(rex, alternatives));
      }
    }
  }

  private void equateWithinInputs(BitSet equal, List<List<RexNode>> filters) {
    int previous = -1;
    for (int column = equal.nextSetBit(0); column >= 0; column = equal.nextSetBit(column + 1)) {
      if (previous >= 0 && inputOf(previous) == inputOf(column)) {
        filters.get(inputOf(column)).add(equality(previous, column));
      }
      previous = column;
    }
  }

  private RexNode equality(int a, int b) {
    return rex.makeCall(SqlStdOperatorTable.EQUALS, column(a), column(b));
  }

  private RexNode column(int column) {
    int input = inputOf(column);
    return new RexInputRef(
        column,
        inputs.get(input).getRowType().getFieldList().get(column - offsets.get(input)).getType());
  }

  List<RelNode> inputs() {
    return inputs;
  }

  /// Conditions on nothing.
  List<RexNode> constants() {
    return constants;
  }

  int offset(int input) {
    return offsets.get(input);
  }

  int inputOf(int column) {
    int input = inputs.size() - 1;
    while (offsets.get(input) > column) {
      input--;
    }
    return input;
  }

  double rows(int input) {
    return rows[input];
  }

  private BitSet inputsOf(RexNode condition) {
    BitSet touched = new BitSet();
    for (int column : RelOptUtil.InputFinder.bits(condition)) {
      touched.set(inputOf(column));
    }
    return touched;
  }

  /// A column of the class that is in one of `from`; −1 if there is none.
  private int member(BitSet equal, BitSet from) {
    for (int column = equal.nextSetBit(0); column >= 0; column = equal.nextSetBit(column + 1)) {
      if (from.get(inputOf(column))) {
        return column;
      }
    }
    return -1;
  }

  /// What holds between two sets of inputs and is not known within one of them.
  List<RexNode> conditions(BitSet left, BitSet right) {
    List<RexNode> conditions = new ArrayList<>();
    for (BitSet equal : classes) {
      int a = member(equal, left);
      int b = member(equal, right);
      if (a >= 0 && b >= 0) {
        conditions.add(equality(a, b));
      }
    }
    for (int i = 0; i < others.size(); i++) {
      if (isDecidedBy(otherInputs.get(i), left, right)) {
        conditions.add(others.get(i));
      }
    }
    return conditions;
  }

  private static boolean isDecidedBy(BitSet touched, BitSet left, BitSet right) {
    BitSet rest = (BitSet) touched.clone();
    rest.andNot(left);
    if (rest.cardinality() == touched.cardinality() || rest.isEmpty()) {
      return false;
    }
    rest.andNot(right);
    return rest.isEmpty();
  }

  /// Whether some equality, or another condition on just these, joins the two.
  boolean connects(BitSet left, BitSet right) {
    for (BitSet equal : classes) {
      if (member(equal, left) >= 0 && member(equal, right) >= 0) {
        return true;
      }
    }
    for (int i = 0; i < others.size(); i++) {
      if (others.get(i).getKind() == SqlKind.EQUALS
          && isDecidedBy(otherInputs.get(i), left, right)) {
        return true;
      }
    }
    return false;
  }

  /// The part of all pairs of rows that is thought to remain.
  double selectivity(BitSet left, BitSet right) {
    List<BitSet> shared = new ArrayList<>();
    for (BitSet equal : classes) {
      if (member(equal, left) >= 0 && member(equal, right) >= 0) {
        shared.add(equal);
      }
    }
    double selectivity = 1;
    if (shared.size() == 1) {
      BitSet equal = shared.getFirst();
      selectivity = 1 / Math.max(distinct(equal, left), distinct(equal, right));
    } else if (!shared.isEmpty()) {
      selectivity = 1 / Math.min(distinct(shared, left), distinct(shared, right));
    }
    for (int i = 0; i < others.size(); i++) {
      if (isDecidedBy(otherInputs.get(i), left, right)) {
        selectivity *= cardinality.selectivity(others.get(i));
      }
    }
    return selectivity;
  }

  /// How many values a key of several columns has: no more than its table has rows, if it is of
  /// one.
  private double distinct(List<BitSet> keys, BitSet side) {
    double product = 1;
    int only = -1;
    boolean sameInput = true;
    for (BitSet key : keys) {
      product *= distinct(key, side);
      int input = inputOf(member(key, side));
      sameInput &= only < 0 || only == input;
      only = input;
    }
    return sameInput ? Math.min(product, cardinality.tableRows(inputs.get(only))) : product;
  }

  /// How many values the columns of a class have in their tables: the least of those on the side.
  private double distinct(BitSet equal, BitSet side) {
    double least = Double.MAX_VALUE;
    for (int column = equal.nextSetBit(0); column >= 0; column = equal.nextSetBit(column + 1)) {
      int input = inputOf(column);
      if (side.get(input)) {
        least = Math.min(least, distinct(column, input));
      }
    }
    return Math.max(1, Math.min(least, domain(equal)));
  }

  private double distinct(int column, int input) {
    return cardinality.distinct(inputs.get(input), column - offsets.get(input));
  }

  /// Where it is not known how many values a column has, the smallest table of its class bounds
  /// them: most often that is where its values come from.
  private double domain(BitSet equal) {
    double least = Double.MAX_VALUE;
    for (int column = equal.nextSetBit(0); column >= 0; column = equal.nextSetBit(column + 1)) {
      least = Math.min(least, cardinality.tableRows(inputs.get(inputOf(column))));
    }
    return least;
  }
}
