package io.cuvee.engine.aggregation;

import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.plan.Collector;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One worker's groups: those of the segment that it is at, numbered by codes, and those of all
/// segments before, by value. Segments whose codes mean the same are one segment in this.
final class GroupCollector implements Collector {
  private final AggregationPlan plan;
  private final MemoryBudget budget;
  private final AggregateTable table;
  private final Runnable satisfied;
  private int[] groups = {};
  private int[] codes = {};
  private long[] wideCodes = {};

  private @Nullable SegmentScan scanned;
  private @Nullable SegmentAggregation segment;

  /// The codes of closed segments whose groups are not in the table yet.
  private Grouping.@Nullable Dense pending;

  private @Nullable Selection selection;
  private @Nullable Selection filtered;
  private @Nullable LongGroups hashed;
  private final List<States> states = new ArrayList<>();
  private boolean countsOnly;
  private boolean needsRowCounts;

  /// Whether every code of the only key has a row somewhere in the segment, and all are read.
  private boolean allOccur;

  private long[] rowCounts = new long[1];

  /// Groups with rows, where nobody asks how many; small enough for the processor's cache.
  private byte[] marks = {};

  private long reserved;

  /// @param budget of this worker
  /// @param spilled what goes to disk when memory gets tight
  /// @param satisfied called when there are as many groups as the query needs
  GroupCollector(
      AggregationPlan plan, MemoryBudget budget, SpillableGroups spilled, Runnable satisfied) {
    this.plan = plan;
    this.budget = budget;
    this.satisfied = satisfied;
    this.table = new AggregateTable(plan.keyTypes(), plan.calls(), budget, spilled);
  }

  /// The groups of all segments; no more may follow.
  AggregateTable table() {
    mergePending();
    return table;
  }

  @Override
  public void open(SegmentScan scan, Block block) {
    SegmentAggregation opened =
        (SegmentAggregation) java.util.Objects.requireNonNull(scan.output());
    scanned = scan;
    segment = opened;
    if (selection == null) {
      selection = new Selection(block);
      groups = block.buffers().ints();
    }
    if (opened.grouping() instanceof Grouping.Hashed && codes.length == 0) {
      codes = block.buffers().ints();
      wideCodes = block.buffers().longs();
    }
    if (filtered == null && !opened.filters().isEmpty()) {
      filtered = new Selection(block);
    }
    if (!isPendingSame(opened.grouping())) {
      mergePending();
    }
    List<States> opening = states(opened, scan);
    boolean needCounts = opening.stream().anyMatch(States::needsRowCounts);
    boolean all = !needCounts && allOccur(opened, scan);
    if (pending != null) {
      if (needCounts == needsRowCounts && all == allOccur && canFollow(opening)) {
        follow(opening);
        return;
      }
      mergePending();
      // The table may have gone to disk, and with it what the states go to.
      opening = states(opened, scan);
    }
    states.clear();
    states.addAll(opening);
    needsRowCounts = needCounts;
    allOccur = all;
    countsOnly =
        opened.grouping() instanceof Grouping.One
            && opening.stream().allMatch(RowCounts.class::isInstance);
    hashed = opened.grouping() instanceof Grouping.Hashed ? new LongGroups(budget) : null;
    ensureGroups(
        switch (opened.grouping()) {
          case Grouping.One one -> 1;
          case Grouping.Dense dense -> dense.groupCount();
          case Grouping.Hashed sparse -> 0;
          case Grouping.ByValue byValue -> 0;
        });
    Arrays.fill(rowCounts, 0);
    Arrays.fill(marks, (byte) 0);
  }

  private List<States> states(SegmentAggregation opened, SegmentScan scan) {
    List<States> opening = new ArrayList<>(plan.calls().size());
    for (int i = 0; i < plan.calls().size(); i++) {
      opening.add(opened.states(i, scan, table, budget));
    }
    return opening;
  }

  private static boolean allOccur(SegmentAggregation opened, SegmentScan scan) {
    return scan.starTree() == null
        && scan.filter().isAll(scan.docCount())
        && opened.grouping() instanceof Grouping.Dense dense
        && dense.keys().size() == 1
        && dense.keys().getFirst().allOccur();
  }

  private boolean isPendingSame(Grouping grouping) {
    Grouping.Dense known = pending;
    return known != null && grouping instanceof Grouping.Dense dense && dense.isSame(known);
  }

  private boolean canFollow(List<States> opening) {
    for (int i = 0; i < opening.size(); i++) {
      if (!opening.get(i).canFollow(states.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Goes on with the groups of the segments before.
  private void follow(List<States> opening) {
    for (int i = 0; i < opening.size(); i++) {
      opening.get(i).follow(states.get(i));
      states.set(i, opening.get(i));
    }
    pending = null;
  }

  private void ensureGroups(int groupCount) {
    long needed = SegmentAggregation.bytes(states, groupCount);
    if (needed > reserved) {
      budget.reserve(needed - reserved);
      reserved = needed;
    }
    if (rowCounts.length < groupCount) {
      rowCounts = Arrays.copyOf(rowCounts, groupCount);
    }
    if (!needsRowCounts && !allOccur && marks.length < groupCount) {
      marks = Arrays.copyOf(marks, groupCount);
    }
    for (int i = 0; i < states.size(); i++) {
      states.get(i).ensureGroups(groupCount);
    }
  }

  @Override
  public void collect(Block block, long[] mask, int selected) {
    SegmentAggregation current = java.util.Objects.requireNonNull(segment);
    if (countsOnly) {
      rowCounts[0] += selected;
      return;
    }
    Selection rows = java.util.Objects.requireNonNull(selection);
    if (current.filters().isEmpty() && rows.isFew(selected)) {
      if (!rows.hasRoom(selected)) {
        collectAdded(current, rows);
        relieveIfTight(current, block);
      }
      rows.add(mask);
      return;
    }
    collectAdded(current, rows);
    rows.set(mask);
    collect(current, rows);
    for (int f = 0; f < current.filters().size(); f++) {
      collectFiltered(current, f, block, mask);
    }
    relieveIfTight(current, block);
  }

  @Override
  public boolean takesDocs() {
    return java.util.Objects.requireNonNull(segment).filters().isEmpty();
  }

  @Override
  public void collect(Block block, int[] docIds, int count) {
    if (countsOnly) {
      rowCounts[0] += count;
      return;
    }
    Selection rows = java.util.Objects.requireNonNull(selection);
    if (!rows.hasRoom(count)) {
      SegmentAggregation current = java.util.Objects.requireNonNull(segment);
      collectAdded(current, rows);
      relieveIfTight(current, block);
    }
    rows.add(docIds, count);
  }

  private void collectAdded(SegmentAggregation current, Selection rows) {
    if (rows.setAdded()) {
      collect(current, rows);
    }
  }

  private void collect(SegmentAggregation current, Selection rows) {
    int[] found = groups(current.grouping(), rows);
    if (States.isOne(found)) {
      rowCounts[0] += rows.count();
    } else if (!(current.grouping() instanceof Grouping.ByValue)) {
      if (needsRowCounts) {
        ValueCounts.countRows(found, rows.count(), rowCounts);
      } else if (!allOccur) {
        mark(found, rows.count(), marks);
      }
    }
    for (int i = 0; i < states.size(); i++) {
      if (plan.filterOf().get(i) == AggregationPlan.NO_FILTER) {
        states.get(i).add(rows, found);
      }
    }
  }

  /// Cheaper than counting, since nothing is read.
  private static void mark(int[] groups, int count, byte[] marks) {
    for (int i = 0; i < count; i++) {
      marks[groups[i]] = 1;
    }
  }

  /// Moves all groups to disk in the middle of a segment, which then goes on without groups. No row
  /// may wait to be collected.
  private void relieveIfTight(SegmentAggregation current, Block block) {
    if (table.isTight() && !(current.grouping() instanceof Grouping.Dense)) {
      SegmentScan scan = java.util.Objects.requireNonNull(scanned);
      table.spill();
      flush(block);
      open(scan, block);
    }
  }

  private void collectFiltered(SegmentAggregation current, int f, Block block, long[] mask) {
    FilterPlan filter = current.filters().get(f);
    if (filter.isEmpty()) {
      return;
    }
    long[] passed = block.borrowMask();
    System.arraycopy(mask, 0, passed, 0, block.wordCount());
    filter.narrow(block, passed);
    Selection rows = java.util.Objects.requireNonNull(filtered);
    rows.set(passed);
    if (rows.count() > 0) {
      int[] found = groups(current.grouping(), rows);
      for (int i = 0; i < states.size(); i++) {
        if (plan.filterOf().get(i) == f) {
          states.get(i).add(rows, found);
        }
      }
    }
    block.releaseMask();
  }

  private int[] groups(Grouping grouping, Selection rows) {
    switch (grouping) {
      case Grouping.One one -> {
        return States.ONE_GROUP;
      }
      case Grouping.Dense dense -> {
        if (dense.keys().size() == 1
            && dense.keys().getFirst() instanceof KeyColumn.Ids ids
            && !ids.nulls()) {
          return rows.dictIds(ids.slot());
        }
        int factor = 1;
        for (int i = 0; i < dense.keys().size(); i++) {
          KeyColumn key = dense.keys().get(i);
          key.codes(rows, groups, factor, i > 0);
          factor *= (int) key.codeCount();
        }
      }
      case Grouping.Hashed sparse -> {
        LongGroups numbers = java.util.Objects.requireNonNull(hashed);
        long factor = 1;
        for (int i = 0; i < sparse.keys().size(); i++) {
          KeyColumn key = sparse.keys().get(i);
          key.codes(rows, codes, wideCodes, factor, i > 0);
          factor *= key.codeCount();
        }
        int before = numbers.count();
        numbers.lookup(wideCodes, rows.count(), groups);
        if (numbers.count() > before) {
          ensureGroups(numbers.keys().length);
          checkSatisfied(numbers.count());
        }
      }
      case Grouping.ByValue byValue -> {
        List<Values> keys = new ArrayList<>(plan.keys().size());
        for (int i = 0; i < plan.keys().size(); i++) {
          keys.add(plan.keys().get(i).evaluate(rows));
        }
        table.lookup(keys, rows.count(), groups);
        checkSatisfied(table.groupCount());
      }
    }
    return groups;
  }

  private void checkSatisfied(int groupCount) {
    long limit = plan.aggregation().limit();
    if (limit >= 0
        && groupCount >= limit
        && plan.aggregation().order().isEmpty()
        && plan.calls().isEmpty()) {
      satisfied.run();
    }
  }

  @Override
  public void flush(Block block) {
    SegmentAggregation current = java.util.Objects.requireNonNull(segment);
    collectAdded(current, java.util.Objects.requireNonNull(selection));
    switch (current.grouping()) {
      case Grouping.One one -> table.merge(List.of(), 1, states(new int[] {0}, 1));
      case Grouping.Dense dense -> {
        pending = dense;
        segment = null;
        // Without states the query may have groups enough.
        if (states.isEmpty() || !canFollow(states)) {
          mergePending();
        }
        return;
      }
      case Grouping.Hashed sparse -> flushHashed(sparse);
      case Grouping.ByValue byValue -> {}
    }
    segment = null;
    reset();
  }

  private void mergePending() {
    Grouping.Dense dense = pending;
    if (dense != null) {
      pending = null;
      flushDense(dense);
      reset();
    }
  }

  private void reset() {
    states.clear();
    budget.release(reserved);
    reserved = 0;
    rowCounts = rowCounts.length > Block.MORSEL_ROWS ? new long[1] : rowCounts;
    marks = marks.length > Block.MORSEL_ROWS ? new byte[0] : marks;
  }

  /// Any number but 0 says that there are rows.
  private void countMarks(int groupCount) {
    for (int group = 0; group < groupCount; group++) {
      rowCounts[group] = marks[group];
    }
  }

  private void flushDense(Grouping.Dense dense) {
    int used = 0;
    if (allOccur) {
      Arrays.fill(rowCounts, 0, dense.groupCount(), 1);
    } else if (!needsRowCounts) {
      countMarks(dense.groupCount());
    }
    for (int group = 0; group < dense.groupCount(); group++) {
      used += rowCounts[group] == 0 ? 0 : 1;
    }
    int[] present = new int[used];
    for (int group = 0, i = 0; i < used; group++) {
      if (rowCounts[group] != 0) {
        present[i++] = group;
      }
    }
    if (dense.keys().size() == 1) {
      merge(dense.keys(), List.of(present), present, used);
      return;
    }
    List<int[]> digits = new ArrayList<>(dense.keys().size());
    int factor = 1;
    for (KeyColumn key : dense.keys()) {
      int width = (int) key.codeCount();
      int[] digit = new int[used];
      for (int i = 0; i < used; i++) {
        digit[i] = present[i] / factor % width;
      }
      digits.add(digit);
      factor *= width;
    }
    merge(dense.keys(), digits, present, used);
  }

  private void flushHashed(Grouping.Hashed sparse) {
    LongGroups numbers = java.util.Objects.requireNonNull(hashed);
    int used = numbers.count();
    if (!needsRowCounts) {
      countMarks(used);
    }
    int[] present = new int[used];
    for (int i = 0; i < used; i++) {
      present[i] = i;
    }
    List<int[]> digits = new ArrayList<>(sparse.keys().size());
    long factor = 1;
    for (KeyColumn key : sparse.keys()) {
      int[] digit = new int[used];
      for (int i = 0; i < used; i++) {
        digit[i] = (int) (numbers.keys()[i] / factor % key.codeCount());
      }
      digits.add(digit);
      factor *= key.codeCount();
    }
    merge(sparse.keys(), digits, present, used);
    numbers.release();
  }

  private void merge(List<KeyColumn> keys, List<int[]> digits, int[] present, int count) {
    if (count > 0) {
      table.merge(keys, digits, count, states(present, count));
      checkSatisfied(table.groupCount());
    }
  }

  private List<List<Values>> states(int[] present, int count) {
    List<List<Values>> parts = new ArrayList<>(states.size());
    for (States state : states) {
      parts.add(state.states(present, count, rowCounts));
    }
    return parts;
  }
}
