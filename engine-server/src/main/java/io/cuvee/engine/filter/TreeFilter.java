package io.cuvee.engine.filter;

import io.cuvee.common.plan.Expression;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.index.startree.DimensionFilter;
import io.cuvee.segment.index.startree.RecordRanges;
import io.cuvee.segment.index.startree.StarTreeNodes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// A query's condition on the records of a star-tree: what each dimension must be, which the tree
/// decides on its way down, and the rest, which is tested on the records that it leads to.
public final class TreeFilter {
  private final int docCount;
  private final List<SlotFilter> bySlot = new ArrayList<>();
  private final List<FilterNode> rest = new ArrayList<>();
  private final BitSet restSlots = new BitSet();
  private boolean none;

  private TreeFilter(int docCount) {
    this.docCount = docCount;
  }

  /// @param columns of the records, as the query numbers them
  public static TreeFilter compile(
      @Nullable Expression filter, List<SegmentColumn> columns, int docCount) {
    TreeFilter compiled = new TreeFilter(docCount);
    if (filter != null) {
      FilterCompiler compiler = new FilterCompiler(columns, docCount, FilterPlan.WITHOUT_INDEXES);
      compiled.add(filter, compiler);
    }
    return compiled;
  }

  private void add(Expression condition, FilterCompiler compiler) {
    if (condition instanceof Expression.Call call && call.function().equals("AND")) {
      call.arguments().forEach(argument -> add(argument, compiler));
    } else {
      add(compiler.compile(condition, true), condition);
    }
  }

  private void add(FilterNode node, Expression condition) {
    switch (node) {
      case NoRows _ -> none = true;
      case AllRows _ -> {}
      case Conjunction all -> all.parts.forEach(part -> add(part, condition));
      case DictIdCondition ids -> bySlot.add(new SlotFilter(ids.slot, ids.set, ids));
      case HasValue has -> bySlot.add(new SlotFilter(has.slot, null, has));
      default -> {
        rest.add(node);
        RowExpression.compile(condition).slots().forEach(restSlots::set);
      }
    }
  }

  /// Whether no record passes.
  public boolean isEmpty() {
    return none;
  }

  /// What the column at `slot` must be; absent if the tree has nothing to decide there.
  public Optional<DimensionFilter> filter(int slot) {
    DimensionFilter found = null;
    for (SlotFilter filter : bySlot) {
      if (filter.slot == slot) {
        found = found == null ? filter : new Both(found, filter);
      }
    }
    return Optional.ofNullable(found);
  }

  /// Whether the rest looks at the column at `slot`.
  public boolean looksAt(int slot) {
    return restSlots.get(slot);
  }

  /// The records that pass among those that the tree led to.
  ///
  /// @param isOpen whether the tree did not decide on the column at a slot
  public FilterPlan within(RecordRanges ranges, IntPredicate isOpen) {
    int count = ranges.starts().length;
    if (count == 0) {
      return new FilterPlan(0, 0, null, 0);
    }
    List<FilterNode> parts = new ArrayList<>(rest);
    for (SlotFilter filter : bySlot) {
      if (isOpen.test(filter.slot)) {
        parts.add(filter.node);
      }
    }
    if (count > 1) {
      parts.add(new DocRanges(ranges.starts(), ranges.ends(), docCount));
    }
    FilterNode node = Conjunction.of(parts);
    return node instanceof NoRows
        ? new FilterPlan(0, 0, null, 0)
        : new FilterPlan(
            ranges.starts()[0], ranges.ends()[count - 1], node instanceof AllRows ? null : node, 0);
  }

  /// The values that one condition on one column lets pass.
  ///
  /// @param set of dictIds; absent for IS NULL and IS NOT NULL
  private record SlotFilter(int slot, @Nullable DictIdSet set, FilterNode node)
      implements DimensionFilter {
    @Override
    public int first() {
      if (set == null) {
        return node instanceof HasValue has && has.wanted ? 0 : StarTreeNodes.NULL;
      }
      return set.isTable() || set.negate() ? 0 : set.lo();
    }

    @Override
    public int last() {
      if (set == null) {
        return node instanceof HasValue has && has.wanted ? Integer.MAX_VALUE : StarTreeNodes.NULL;
      }
      return set.isTable() || set.negate() ? set.size() - 1 : set.hi();
    }

    @Override
    public boolean accepts(int dictId) {
      if (set == null) {
        return node instanceof HasValue has && has.wanted == (dictId >= 0);
      }
      return dictId >= 0 && set.contains(dictId);
    }
  }

  private record Both(DimensionFilter one, DimensionFilter other) implements DimensionFilter {
    @Override
    public int first() {
      return Math.max(one.first(), other.first());
    }

    @Override
    public int last() {
      return Math.min(one.last(), other.last());
    }

    @Override
    public boolean accepts(int dictId) {
      return one.accepts(dictId) && other.accepts(dictId);
    }
  }
}
