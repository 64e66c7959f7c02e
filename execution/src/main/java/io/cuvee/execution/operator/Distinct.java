package io.cuvee.execution.operator;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.aggregate.KeyHashes;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.Spill;
import io.cuvee.execution.spill.SpillPartitions;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The first of equal rows, passed on as they come. When memory gets tight, what has been passed on
/// and what is still to come are parted on disk, and the parts go on one after the other.
final class Distinct implements PageSource {
  private final PageSource input;
  private final List<ColumnType> types;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final int level;
  private GroupTable seen;

  private @Nullable SpillPartitions passed;
  private @Nullable SpillPartitions toCome;
  private int next;
  private @Nullable Distinct current;

  Distinct(PageSource input, List<ColumnType> types, QueryContext context, MemoryBudget memory) {
    this(input, PageSource.of(List.of()), types, 0, context, memory);
  }

  /// @param passedBefore rows that are not to be passed on again
  private Distinct(
      PageSource input,
      PageSource passedBefore,
      List<ColumnType> types,
      int level,
      QueryContext context,
      MemoryBudget memory) {
    this.input = input;
    this.types = types;
    this.context = context;
    this.memory = memory;
    this.level = level;
    this.seen = new GroupTable(types, memory);
    for (Page page = passedBefore.next(); page != null; page = passedBefore.next()) {
      seen.lookup(page.columns(), page.rowCount(), new int[page.rowCount()]);
    }
  }

  @Override
  public @Nullable Page next() {
    if (passed == null && mustPart()) {
      part();
    }
    if (passed != null) {
      return nextOfParts(passed, Objects.requireNonNull(toCome));
    }
    Page page = input.next();
    return page == null ? null : fresh(seen, page);
  }

  /// The rows of `page` that `seen` did not know yet, each once; it knows them afterwards.
  static Page fresh(GroupTable seen, Page page) {
    int known = seen.groupCount();
    int[] groups = new int[page.rowCount()];
    seen.lookup(page.columns(), page.rowCount(), groups);
    int[] rows = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < groups.length; i++) {
      if (groups[i] == known + count) {
        rows[count++] = i;
      }
    }
    return count == rows.length ? page : page.select(rows, count);
  }

  private boolean mustPart() {
    return seen.groupCount() > 1 && level < SpillPartitions.LEVELS && memory.isTight();
  }

  private void part() {
    Spill spill = Objects.requireNonNull(memory.spill());
    SpillPartitions before = new SpillPartitions(spill, types, level);
    SpillPartitions after = new SpillPartitions(spill, types, level);
    passed = before;
    toCome = after;
    add(before, new Page(seen.groupCount(), seen.keys()));
    memory.close();
    seen = new GroupTable(types, memory);
    for (Page page = input.next(); page != null; page = input.next()) {
      context.check();
      add(after, page);
    }
    input.close();
  }

  private static void add(SpillPartitions parts, Page page) {
    if (page.rowCount() > 0) {
      parts.add(page, KeyHashes.of(page.columns(), page.rowCount()));
    }
  }

  private @Nullable Page nextOfParts(SpillPartitions before, SpillPartitions after) {
    while (true) {
      context.check();
      Page page = current == null ? null : current.next();
      if (page != null) {
        return page;
      }
      if (current != null) {
        current.close();
      }
      if (next == SpillPartitions.COUNT) {
        current = null;
        return null;
      }
      current =
          new Distinct(
              after.read(next),
              before.read(next),
              types,
              level + 1,
              context,
              memory.child("the query", Long.MAX_VALUE, "its memory limit"));
      next++;
    }
  }

  @Override
  public void close() {
    input.close();
    if (current != null) {
      current.close();
    }
    if (passed != null) {
      passed.close();
    }
    if (toCome != null) {
      toCome.close();
    }
    memory.close();
  }
}
