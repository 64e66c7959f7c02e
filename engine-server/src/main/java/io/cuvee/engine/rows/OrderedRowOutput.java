package io.cuvee.engine.rows;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.plan.Collector;
import io.cuvee.engine.plan.PageCutter;
import io.cuvee.engine.plan.QueryOutput;
import io.cuvee.engine.plan.RowOrder;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Pages;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The first rows of an order. Only the sort keys are read while looking; the other columns are
/// read for the rows that are returned. Once there are enough rows, the last of them bars what
/// sorts behind it, through a filter like any other, so that zone maps and sorted columns skip what
/// cannot come in.
public final class OrderedRowOutput implements QueryOutput {
  private final SegmentQuery.Selection selection;
  private final List<ColumnType> outputTypes;
  private final List<RowExpression> keys;
  private final List<ColumnType> keyTypes;
  private final RowOrder order;
  private final Projector projector;
  private final MemoryBudget budget;
  private final Map<Integer, SegmentScan> scans = new ConcurrentHashMap<>();

  public OrderedRowOutput(SegmentQuery.Selection selection, MemoryBudget budget) {
    this.selection = selection;
    this.outputTypes = selection.projections().stream().map(Expression::type).toList();
    this.projector = new Projector(selection.projections());
    this.budget = budget;
    List<RowExpression> sortKeys = new ArrayList<>();
    List<SortKey> byPosition = new ArrayList<>();
    for (SortKey key : selection.order()) {
      sortKeys.add(RowExpression.compile(selection.projections().get(key.column())));
      byPosition.add(new SortKey(byPosition.size(), key.descending(), key.nullsFirst()));
    }
    this.keys = List.copyOf(sortKeys);
    this.keyTypes = keys.stream().map(RowExpression::type).toList();
    this.order = new RowOrder(byPosition);
  }

  @Override
  public @Nullable SegmentScan prepare(SegmentScan scan) {
    if (selection.limit() == 0) {
      return null;
    }
    scans.put(scan.ordinal(), scan);
    return scan;
  }

  @Override
  public String describe(@Nullable SegmentScan prepared) {
    return prepared == null ? "NotRead" : "SelectFirst";
  }

  @Override
  public Collector collector(Consumer<Page> pages) {
    return new OrderedCollector();
  }

  @Override
  public PageSource finish(List<Collector> collectors) {
    TopRows all = new TopRows(keyTypes, order, selection.limit(), budget);
    for (Collector collector : collectors) {
      all.addAll(((OrderedCollector) collector).rows);
    }
    all.compact();
    return new Winners(all);
  }

  private final class OrderedCollector implements Collector {
    private final TopRows rows = new TopRows(keyTypes, order, selection.limit(), budget);
    private @Nullable Selection selected;
    private @Nullable SegmentScan scan;
    private @Nullable FilterPlan bar;

    @Override
    public void open(SegmentScan newScan, Block block) {
      scan = newScan;
      if (selected == null) {
        selected = new Selection(block);
      }
      raiseBar();
    }

    @Override
    public void collect(Block block, long[] mask, int count) {
      addWaiting();
      if (bar != null) {
        if (bar.isEmpty()) {
          return;
        }
        bar.narrow(block, mask);
      }
      Selection found = java.util.Objects.requireNonNull(selected);
      found.set(mask);
      if (found.count() > 0) {
        add(found);
      }
    }

    @Override
    public boolean takesDocs() {
      return true;
    }

    @Override
    public void collect(Block block, int[] docIds, int count) {
      Selection found = java.util.Objects.requireNonNull(selected);
      if (!found.hasRoom(count)) {
        addWaiting();
      }
      found.add(docIds, count);
    }

    private void addWaiting() {
      Selection found = java.util.Objects.requireNonNull(selected);
      if (found.setAdded()) {
        add(found);
      }
    }

    private void add(Selection found) {
      SegmentScan current = java.util.Objects.requireNonNull(scan);
      List<Values> values = new ArrayList<>(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        values.add(keys.get(i).evaluate(found));
      }
      if (rows.add(values, found.count(), current.ordinal(), found.docIds())) {
        raiseBar();
      }
    }

    /// Compiles the condition that rows have to pass to come before the last wanted one. Later rows
    /// of this worker have higher locations, so with one key they have to be strictly before it.
    private void raiseBar() {
      bar = null;
      if (!rows.isFull()
          || !(keys.getFirst().expression() instanceof Expression.Column column)
          || column.type().isArray()) {
        return;
      }
      SegmentScan current = java.util.Objects.requireNonNull(scan);
      Expression condition = before(column, order.keys().getFirst(), keys.size() > 1);
      if (condition != null) {
        bar =
            FilterPlan.compile(
                condition, current.columns(), current.docCount(), FilterPlan.WITHOUT_INDEXES);
      }
    }

    private @Nullable Expression before(Expression.Column column, SortKey key, boolean orEqual) {
      Object last = rows.lastKey(0).get(rows.lastRow());
      Expression isNull = Expression.call("IS_NULL", ColumnType.BOOLEAN, column);
      if (last == null) {
        if (!key.nullsFirst()) {
          return orEqual ? null : Expression.call("IS_NOT_NULL", ColumnType.BOOLEAN, column);
        }
        return orEqual ? isNull : new Expression.Literal(0L, ColumnType.BOOLEAN);
      }
      String comparison = key.descending() ? (orEqual ? "GE" : "GT") : (orEqual ? "LE" : "LT");
      Expression value =
          Expression.call(
              comparison, ColumnType.BOOLEAN, column, new Expression.Literal(last, column.type()));
      return key.nullsFirst() ? Expression.call("OR", ColumnType.BOOLEAN, value, isNull) : value;
    }

    @Override
    public void flush(Block block) {
      addWaiting();
    }
  }

  /// The rows that won, page by page, with all columns.
  private final class Winners implements PageSource {
    private static final int FIRST_ROWS = 256;

    private final TopRows rows;
    private int position;
    private int rowsPerPage = FIRST_ROWS;

    Winners(TopRows rows) {
      this.rows = rows;
    }

    @Override
    public @Nullable Page next() {
      int count = Math.min(rowsPerPage, rows.count() - position);
      if (count <= 0) {
        return null;
      }
      Page page = read(position, count);
      position += count;
      rowsPerPage = Math.min(rowsPerPage * 4, PageCutter.rowsPerPage(page.sizeBytes(), count));
      return page;
    }

    /// Reads segment by segment in document order, then restores the order of the result.
    private Page read(int from, int count) {
      long[] byLocation = new long[count];
      for (int i = 0; i < count; i++) {
        byLocation[i] = rows.location(from + i);
      }
      Arrays.sort(byLocation);
      List<Page> parts = new ArrayList<>();
      for (int start = 0; start < count; ) {
        int segment = (int) (byLocation[start] >>> 32);
        int end = start;
        while (end < count && (int) (byLocation[end] >>> 32) == segment) {
          end++;
        }
        int[] docIds = new int[end - start];
        for (int i = 0; i < docIds.length; i++) {
          docIds[i] = (int) byLocation[start + i];
        }
        SegmentScan scan = java.util.Objects.requireNonNull(scans.get(segment));
        parts.add(projector.project(scan, docIds, docIds.length));
        start = end;
      }
      int[] positions = new int[count];
      for (int i = 0; i < count; i++) {
        positions[i] = Arrays.binarySearch(byLocation, rows.location(from + i));
      }
      return Pages.concat(outputTypes, parts).select(positions, count);
    }

    @Override
    public void close() {}
  }
}
