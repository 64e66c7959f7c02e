package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The rows that pass at least one of several conditions.
final class Disjunction extends FilterNode {
  final List<FilterNode> parts;

  private Disjunction(List<FilterNode> parts) {
    this.parts = parts;
  }

  /// In its simplest form; conditions that may fail come last, in the given order.
  static FilterNode of(List<FilterNode> conditions) {
    List<FilterNode> parts = new ArrayList<>();
    for (FilterNode condition : flatten(conditions)) {
      if (condition instanceof AllRows) {
        return AllRows.INSTANCE;
      }
      if (condition instanceof NoRows) {
        continue;
      }
      int same =
          condition instanceof DictIdCondition ids
              ? Conjunction.indexOfSameColumn(parts, ids.slot)
              : -1;
      if (same >= 0 && condition instanceof DictIdCondition ids) {
        parts.set(same, ids.with(((DictIdCondition) parts.get(same)).set.union(ids.set)));
      } else {
        parts.add(condition);
      }
    }
    if (parts.size() <= 1) {
      return parts.isEmpty() ? NoRows.INSTANCE : parts.getFirst();
    }
    parts.sort(
        Comparator.comparingDouble(
            part -> part.mayFail() ? Double.MAX_VALUE : part.cost() / (0.001 + part.passRate())));
    return new Disjunction(List.copyOf(parts));
  }

  private static List<FilterNode> flatten(List<FilterNode> conditions) {
    List<FilterNode> flat = new ArrayList<>();
    for (FilterNode condition : conditions) {
      if (condition instanceof Disjunction inner) {
        flat.addAll(inner.parts);
      } else {
        flat.add(condition);
      }
    }
    return flat;
  }

  @Override
  public void narrow(Block block, long[] mask) {
    int words = block.wordCount();
    long[] passed = block.borrowMask();
    long[] open = block.borrowMask();
    for (int w = 0; w < words; w++) {
      passed[w] = 0;
    }
    for (int i = 0; i < parts.size(); i++) {
      for (int w = 0; w < words; w++) {
        open[w] = mask[w] & ~passed[w];
      }
      if (Kernels.isEmpty(open, words)) {
        break;
      }
      parts.get(i).narrow(block, open);
      for (int w = 0; w < words; w++) {
        passed[w] |= open[w];
      }
    }
    System.arraycopy(passed, 0, mask, 0, words);
    block.releaseMask();
    block.releaseMask();
  }

  @Override
  int next(Block block, int from, int to) {
    int next = to;
    for (int i = 0; i < parts.size() && next > from; i++) {
      next = Math.min(next, parts.get(i).next(block, from, to));
    }
    return next;
  }

  @Override
  double cost() {
    return parts.stream().mapToDouble(FilterNode::cost).sum();
  }

  @Override
  double passRate() {
    double fail = 1;
    for (FilterNode part : parts) {
      fail *= 1 - part.passRate();
    }
    return 1 - fail;
  }

  @Override
  boolean mayFail() {
    return parts.stream().anyMatch(FilterNode::mayFail);
  }

  @Override
  public String toString() {
    return "or" + parts;
  }
}
