package io.cuvee.engine.aggregation;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.plan.Collector;
import io.cuvee.engine.plan.PageCutter;
import io.cuvee.engine.plan.QueryOutput;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Groups with partial aggregates, or DISTINCT.
public final class AggregationOutput implements QueryOutput {
  private final AggregationPlan plan;
  private final MemoryBudget budget;
  private final LongConsumer answeredRows;
  private volatile boolean satisfied;

  /// Groups that metadata answered for; guarded by itself being synchronized on.
  private final AggregateTable fromMetadata;

  /// @param answeredRows hears of rows that were answered for without reading them
  public AggregationOutput(
      SegmentQuery.Aggregation aggregation, MemoryBudget budget, LongConsumer answeredRows) {
    this.plan = AggregationPlan.of(aggregation);
    this.budget = budget;
    this.answeredRows = answeredRows;
    this.fromMetadata = new AggregateTable(plan.keyTypes(), plan.calls(), budget);
  }

  @Override
  public @Nullable SegmentScan prepare(SegmentScan scan) {
    Optional<MetadataAnswer> answer =
        scan.starTree() == null ? MetadataAnswer.of(plan, scan) : Optional.empty();
    if (answer.isPresent()) {
      MetadataAnswer found = answer.get();
      synchronized (fromMetadata) {
        if (found.groupCount() > 0) {
          fromMetadata.merge(found.keys(), found.groupCount(), found.states());
        }
      }
      answeredRows.accept(found.rowCount());
      return null;
    }
    SegmentAggregation aggregation = SegmentAggregation.of(plan, scan);
    return scan.with(aggregation, aggregation.indexCount());
  }

  @Override
  public Collector collector(Consumer<Page> pages) {
    return new GroupCollector(plan, budget, () -> satisfied = true);
  }

  @Override
  public boolean isSatisfied() {
    return satisfied;
  }

  @Override
  public PageSource finish(List<Collector> collectors) {
    List<AggregateTable> tables = new ArrayList<>();
    synchronized (fromMetadata) {
      tables.add(fromMetadata);
    }
    for (Collector collector : collectors) {
      tables.add(((GroupCollector) collector).table());
    }
    tables.sort(Comparator.comparingInt(AggregateTable::groupCount).reversed());
    AggregateTable all = tables.getFirst();
    for (AggregateTable table : tables.subList(1, tables.size())) {
      all.merge(table);
    }
    Page page = all.toPage();
    long limit = plan.aggregation().limit();
    if (limit >= 0 && !plan.keys().isEmpty() && limit < page.rowCount()) {
      page = firstRows(page, (int) limit);
    }
    return PageCutter.cut(page);
  }

  private Page firstRows(Page page, int limit) {
    if (plan.aggregation().order().isEmpty()) {
      return page.slice(0, limit);
    }
    RowOrder order = new RowOrder(page, plan.aggregation().order());
    return page.select(order.first(page.rowCount(), limit), limit);
  }
}
