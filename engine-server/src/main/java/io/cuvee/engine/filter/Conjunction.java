package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows that pass all of several conditions.
final class Conjunction extends FilterNode {
  final List<FilterNode> parts;

  private Conjunction(List<FilterNode> parts) {
    this.parts = parts;
  }

  /// In its simplest form, cheap and selective conditions first, those that may fail last and in
  /// the given order.
  static FilterNode of(List<FilterNode> conditions) {
    List<FilterNode> parts = new ArrayList<>();
    DocRange range = null;
    for (FilterNode condition : flatten(conditions)) {
      switch (condition) {
        case NoRows none -> {
          return none;
        }
        case AllRows all -> {}
        case DocRange docs -> {
          FilterNode both = range == null ? docs : range.and(docs);
          if (!(both instanceof DocRange narrower)) {
            return NoRows.INSTANCE;
          }
          range = narrower;
        }
        case DictIdCondition ids -> {
          int same = indexOfSameColumn(parts, ids.slot);
          if (same < 0) {
            parts.add(ids);
          } else {
            DictIdSet both = ((DictIdCondition) parts.get(same)).set.intersection(ids.set);
            if (both.isEmpty()) {
              return NoRows.INSTANCE;
            }
            parts.set(same, ids.with(both));
          }
        }
        case DocRanges docs -> parts.add(docs);
        case HasValue has -> parts.add(has);
        case IndexCondition index -> parts.add(index);
        case LongCondition longs -> {
          if (isEmptyWith(longs, parts)) {
            return NoRows.INSTANCE;
          }
        }
        case DoubleCondition doubles -> {
          if (isEmptyWith(doubles, parts)) {
            return NoRows.INSTANCE;
          }
        }
        case ArrayCondition array -> parts.add(array);
        case ComputedCondition computed -> parts.add(computed);
        case Conjunction inner -> throw new IllegalStateException("Not flat: " + inner);
        case Disjunction either -> parts.add(either);
        case Complement others -> parts.add(others);
      }
    }
    if (range != null) {
      parts.addFirst(range);
    }
    if (parts.size() <= 1) {
      return parts.isEmpty() ? AllRows.INSTANCE : parts.getFirst();
    }
    parts.sort(Comparator.comparingDouble(Conjunction::rank));
    return new Conjunction(List.copyOf(parts));
  }

  private static List<FilterNode> flatten(List<FilterNode> conditions) {
    List<FilterNode> flat = new ArrayList<>();
    for (FilterNode condition : conditions) {
      if (condition instanceof Conjunction inner) {
        flat.addAll(inner.parts);
      } else {
        flat.add(condition);
      }
    }
    return flat;
  }

  /// Adds a condition on an interval, together with one on the same column if there is one.
  ///
  /// @return whether no row passes both
  private static boolean isEmptyWith(FilterNode interval, List<FilterNode> parts) {
    for (int i = 0; i < parts.size(); i++) {
      FilterNode both = intersection(parts.get(i), interval);
      if (both != null) {
        parts.set(i, both);
        return both instanceof NoRows;
      }
    }
    parts.add(interval);
    return false;
  }

  private static @Nullable FilterNode intersection(FilterNode one, FilterNode other) {
    if (one instanceof LongCondition a && other instanceof LongCondition b) {
      return a.slot == b.slot && !a.negate && !b.negate ? a.and(b) : null;
    }
    if (one instanceof DoubleCondition a && other instanceof DoubleCondition b) {
      return a.slot == b.slot && !a.negate && !b.negate ? a.and(b) : null;
    }
    return null;
  }

  static int indexOfSameColumn(List<FilterNode> parts, int slot) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i) instanceof DictIdCondition other && other.slot == slot) {
        return i;
      }
    }
    return -1;
  }

  /// What it costs to lose a row by this condition. Those on indexes come first, and of these the
  /// one that lists the fewest rows, as these may be taken one by one.
  private static double rank(FilterNode node) {
    if (node instanceof IndexCondition) {
      return node.passRate() - 1;
    }
    return node.mayFail() ? Double.MAX_VALUE : node.cost() / (1.001 - node.passRate());
  }

  @Override
  public void narrow(Block block, long[] mask) {
    for (int i = 0; i < parts.size(); i++) {
      if (Kernels.isEmpty(mask, block.wordCount())) {
        return;
      }
      parts.get(i).narrow(block, mask);
    }
  }

  @Override
  int next(Block block, int from, int to) {
    int next = from;
    for (int i = 0; i < parts.size() && next < to; i++) {
      next = parts.get(i).next(block, next, to);
    }
    return next;
  }

  @Override
  double cost() {
    double cost = 0;
    double left = 1;
    for (FilterNode part : parts) {
      cost += left * part.cost();
      left *= part.passRate();
    }
    return cost;
  }

  @Override
  double passRate() {
    double rate = 1;
    for (FilterNode part : parts) {
      rate *= part.passRate();
    }
    return rate;
  }

  @Override
  boolean mayFail() {
    return parts.stream().anyMatch(FilterNode::mayFail);
  }

  @Override
  public String toString() {
    return "and" + parts;
  }
}
