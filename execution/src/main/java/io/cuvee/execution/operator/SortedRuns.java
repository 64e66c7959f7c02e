package io.cuvee.execution.operator;

import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.execution.spill.Spill;
import io.cuvee.execution.spill.SpillFile;
import io.cuvee.execution.spill.SpilledPages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Sorted runs of rows on disk, and one sorted sequence of them. Rows that are equal come in the
/// order of runs. Add all runs first, then read.
final class SortedRuns implements PageSource {
  /// So many runs are merged at once; more are merged in several rounds.
  private static final int FAN_IN = 32;

  /// What a run that is read holds: a frame of rows, and about as much for their order.
  private static final int FRAMES_PER_RUN = 2;

  private final List<ColumnType> types;
  private final List<SortKey> keys;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Spill spill;
  private SpillFile file;
  private List<SpilledPages> runs = new ArrayList<>();
  private @Nullable PriorityQueue<Cursor> cursors;

  SortedRuns(
      List<ColumnType> types, List<SortKey> keys, QueryContext context, MemoryBudget memory) {
    this.types = types;
    this.keys = keys;
    this.context = context;
    this.memory = memory;
    this.spill = Objects.requireNonNull(memory.spill());
    this.file = spill.create();
  }

  /// Adds a run.
  void add(Page sorted) {
    SpilledPages run = new SpilledPages(file, types);
    run.add(sorted);
    runs.add(run);
  }

  @Override
  public @Nullable Page next() {
    if (cursors == null) {
      memory.reserve((long) FRAMES_PER_RUN * spill.frameBytes() * Math.min(FAN_IN, runs.size()));
      while (runs.size() > FAN_IN) {
        mergeRound();
      }
      cursors = open(runs);
    }
    return merged(cursors);
  }

  private void mergeRound() {
    SpillFile before = file;
    file = spill.create();
    List<SpilledPages> longer = new ArrayList<>();
    for (int from = 0; from < runs.size(); from += FAN_IN) {
      PriorityQueue<Cursor> some = open(runs.subList(from, Math.min(runs.size(), from + FAN_IN)));
      SpilledPages run = new SpilledPages(file, types);
      for (Page page = merged(some); page != null; page = merged(some)) {
        run.add(page);
      }
      longer.add(run);
    }
    before.close();
    runs = longer;
  }

  private PriorityQueue<Cursor> open(List<SpilledPages> some) {
    PriorityQueue<Cursor> opened =
        new PriorityQueue<>((a, b) -> {
          int order = RowOrder.compare(a.order, a.row, b.order, b.row);
          return order != 0 ? order : Integer.compare(a.run, b.run);
        });
    for (int i = 0; i < some.size(); i++) {
      Cursor cursor = new Cursor(some.get(i).read(), i);
      if (cursor.nextPage()) {
        opened.add(cursor);
      }
    }
    return opened;
  }

  /// The next rows of all runs together; `null` at the end.
  private @Nullable Page merged(PriorityQueue<Cursor> some) {
    context.check();
    if (some.isEmpty()) {
      return null;
    }
    List<ValuesBuilder> builders = new ArrayList<>(types.size());
    for (ColumnType type : types) {
      builders.add(ValuesBuilder.of(type, Page.TARGET_ROWS));
    }
    int count = 0;
    while (count < Page.TARGET_ROWS && !some.isEmpty()) {
      Cursor first = some.remove();
      for (int c = 0; c < builders.size(); c++) {
        builders.get(c).append(first.page.column(c), first.row);
      }
      count++;
      if (first.nextRow()) {
        some.add(first);
      }
    }
    List<Values> columns = new ArrayList<>(builders.size());
    builders.forEach(builder -> columns.add(builder.build()));
    return new Page(count, columns);
  }

  @Override
  public void close() {
    file.close();
  }

  /// A place in a run.
  private final class Cursor {
    private final PageSource pages;
    private final int run;
    private Page page = new Page(0, List.of());
    private RowOrder order = new RowOrder(page, List.of());
    private int row;

    Cursor(PageSource pages, int run) {
      this.pages = pages;
      this.run = run;
    }

    boolean nextRow() {
      row++;
      return row < page.rowCount() || nextPage();
    }

    boolean nextPage() {
      Page next = pages.next();
      if (next == null) {
        return false;
      }
      page = next;
      order = new RowOrder(next, keys);
      row = 0;
      return true;
    }
  }
}
