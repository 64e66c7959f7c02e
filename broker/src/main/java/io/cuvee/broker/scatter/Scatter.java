package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.ClusterSnapshot;
import io.cuvee.broker.routing.HalfScan;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.ScanSource;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// Runs the scans of one query on the servers. Its [#wake()] may be called from any thread, the
/// rest from the query's.
public final class Scatter implements ScanSource {
  private final ServerLinks links;
  private final ClusterSnapshot snapshot;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final boolean allowPartial;
  private final ScatterReport report = new ScatterReport();
  private final List<GatheredPages> open = new CopyOnWriteArrayList<>();

  /// @param memory what is gathered and not yet taken is charged to it
  /// @param allowPartial whether to leave out what no server can answer for
  public Scatter(
      ServerLinks links,
      ClusterSnapshot snapshot,
      QueryContext context,
      MemoryBudget memory,
      boolean allowPartial) {
    this.links = links;
    this.snapshot = snapshot;
    this.context = context;
    this.memory = memory;
    this.allowPartial = allowPartial;
  }

  public ScatterReport report() {
    return report;
  }

  @Override
  public PageSource scan(PlanNode.Scan scan) {
    return gather(scan, false);
  }

  /// What the servers would do in each segment: pages of [QueryRequest#EXPLAIN_TYPES].
  public PageSource explain(PlanNode.Scan scan) {
    return gather(scan, true);
  }

  private PageSource gather(PlanNode.Scan scan, boolean explains) {
    List<PageSource> halves = new ArrayList<>();
    for (HalfScan half : snapshot.routing().scans(scan.query())) {
      halves.add(gather(half, explains));
    }
    if (halves.isEmpty()) {
      return PageSource.of(List.of());
    }
    return halves.size() == 1 ? halves.getFirst() : oneAfterTheOther(halves);
  }

  /// Both are under way from the beginning.
  private static PageSource oneAfterTheOther(List<PageSource> sources) {
    return new PageSource() {
      private int at;

      @Override
      public @Nullable Page next() {
        while (at < sources.size()) {
          Page page = sources.get(at).next();
          if (page != null) {
            return page;
          }
          at++;
        }
        return null;
      }

      @Override
      public void close() {
        sources.forEach(PageSource::close);
      }
    };
  }

  private PageSource gather(HalfScan half, boolean explains) {
    GatheredPages pages =
        new GatheredPages(
            links, half.routing(), half.query(), context, memory, allowPartial, explains, report);
    open.add(pages);
    pages.start();
    // A query that repeats a part of itself opens scans without end.
    return new PageSource() {
      @Override
      public @Nullable Page next() {
        return pages.next();
      }

      @Override
      public void close() {
        open.remove(pages);
        pages.close();
      }
    };
  }

  /// Makes threads that wait for servers look at the query's state, after it was cancelled.
  public void wake() {
    open.forEach(GatheredPages::wake);
  }
}
