package io.cuvee.engine.rows;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.plan.Collector;
import io.cuvee.engine.plan.PageCutter;
import io.cuvee.engine.plan.QueryOutput;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.engine.scan.Block;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Rows in any order, all or the first that are found; they leave page by page while others are
/// still looked for.
public final class RowOutput implements QueryOutput {
  /// Rows of a first page, whose size tells how long the next may be.
  private static final int FIRST_ROWS = 256;

  private final Projector projector;
  private final AtomicLong wanted;

  public RowOutput(SegmentQuery.Selection selection) {
    projector = new Projector(selection.projections());
    wanted =
        new AtomicLong(
            selection.limit() == SegmentQuery.NO_LIMIT ? Long.MAX_VALUE : selection.limit());
  }

  @Override
  public @Nullable SegmentScan prepare(SegmentScan scan) {
    return isSatisfied() ? null : scan;
  }

  @Override
  public String describe(@Nullable SegmentScan prepared) {
    return prepared == null ? "NotRead" : "Select";
  }

  @Override
  public boolean isSatisfied() {
    return wanted.get() <= 0;
  }

  @Override
  public Collector collector(Consumer<Page> pages) {
    return new RowCollector(pages);
  }

  @Override
  public PageSource finish(List<Collector> collectors) {
    return PageSource.of(List.of());
  }

  private final class RowCollector implements Collector {
    private final Consumer<Page> pages;
    private int[] docIds = new int[Block.ROWS];
    private int count;
    private int rowsPerPage = FIRST_ROWS;
    private @Nullable SegmentScan scan;

    RowCollector(Consumer<Page> pages) {
      this.pages = pages;
    }

    @Override
    public void open(SegmentScan newScan, Block block) {
      scan = newScan;
      count = 0;
    }

    @Override
    public void collect(Block block, long[] mask, int selected) {
      if (isSatisfied()) {
        return;
      }
      if (count + selected > docIds.length) {
        docIds = java.util.Arrays.copyOf(docIds, Math.max(docIds.length * 2, count + selected));
      }
      int added = addDocIds(block, mask);
      long left = wanted.addAndGet(-added);
      if (left < 0) {
        added = (int) Math.max(0, added + left);
      }
      count += added;
      if (count >= rowsPerPage) {
        deliver();
      }
    }

    private int addDocIds(Block block, long[] mask) {
      int at = count;
      int words = block.wordCount();
      for (int w = 0; w < words; w++) {
        int base = block.fromDoc() + (w << 6);
        for (long bits = mask[w]; bits != 0; bits &= bits - 1) {
          docIds[at++] = base + Long.numberOfTrailingZeros(bits);
        }
      }
      return at - count;
    }

    private void deliver() {
      SegmentScan current = java.util.Objects.requireNonNull(scan);
      int from = 0;
      while (from < count) {
        int rows = Math.min(rowsPerPage, count - from);
        int[] part = java.util.Arrays.copyOfRange(docIds, from, from + rows);
        Page page = projector.project(current, part, rows);
        rowsPerPage = Math.min(rowsPerPage * 4, PageCutter.rowsPerPage(page.sizeBytes(), rows));
        pages.accept(page);
        from += rows;
      }
      count = 0;
    }

    @Override
    public void flush(Block block) {
      if (count > 0) {
        deliver();
      }
    }
  }
}
