package io.cuvee.engine.aggregation;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.plan.Collector;
import io.cuvee.engine.plan.PageCutter;
import io.cuvee.engine.plan.QueryOutput;
import io.cuvee.engine.plan.SegmentScan;
import io.cuvee.execution.aggregate.SpillableGroups;
import io.cuvee.execution.kernel.RowOrder;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Pages;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Groups with partial aggregates, or DISTINCT.
public final class AggregationOutput implements QueryOutput {
  private final SegmentQuery query;
  private final AggregationPlan plan;
  private final MemoryBudget budget;
  private final LongConsumer answeredRows;
  private volatile boolean satisfied;

  /// What all workers moved to disk.
  private final SpillableGroups spilled;

  /// Groups that metadata answered for; guarded by itself being synchronized on.
  private final AggregateTable fromMetadata;

  /// @param answeredRows hears of rows that were answered for without reading them
  public AggregationOutput(
      SegmentQuery query,
      SegmentQuery.Aggregation aggregation,
      QueryContext context,
      MemoryBudget budget,
      LongConsumer answeredRows) {
    this.query = query;
    this.plan = AggregationPlan.of(aggregation, budget.leastLimitBytes());
    this.budget = budget;
    this.answeredRows = answeredRows;
    this.spilled = new SpillableGroups(plan.keyTypes(), plan.calls(), budget, context);
    this.fromMetadata = new AggregateTable(plan.keyTypes(), plan.calls(), budget, spilled);
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
  public String describe(@Nullable SegmentScan prepared) {
    if (prepared == null) {
      return "Metadata";
    }
    SegmentAggregation aggregation =
        (SegmentAggregation) java.util.Objects.requireNonNull(prepared.output());
    return "Aggregate groups="
        + switch (aggregation.grouping()) {
          case Grouping.One _ -> "one";
          case Grouping.Dense _ -> "dense";
          case Grouping.Hashed _ -> "hashed";
          case Grouping.ByValue _ -> "by value";
        };
  }

  @Override
  public Collector collector(Consumer<Page> pages) {
    MemoryBudget ofWorker = budget.child("the query", Long.MAX_VALUE, "its memory limit");
    return new GroupCollector(plan, ofWorker, spilled, () -> satisfied = true);
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
    tables.sort(
        Comparator.comparingInt(AggregateTable::groupCount)
            .thenComparingLong(AggregateTable::sizeBytes)
            .reversed());
    AggregateTable all = tables.getFirst();
    for (AggregateTable table : tables.subList(1, tables.size())) {
      boolean fits = plan.keys().isEmpty() || !budget.isTight(table.sizeBytes());
      if (fits && !spilled.isSpilled()) {
        all.merge(table);
      } else {
        table.spill();
      }
      table.close();
    }
    if (!spilled.isSpilled()) {
      return PageCutter.cut(firstRows(all.toPage()));
    }
    all.spill();
    all.close();
    return isLimited()
        ? PageCutter.cut(firstRows(spilled.states()))
        : PageCutter.cut(spilled.states());
  }

  private boolean isLimited() {
    return plan.aggregation().limit() >= 0 && !plan.keys().isEmpty();
  }

  /// The rows that the query needs of all pages.
  private Page firstRows(PageSource pages) {
    long limit = plan.aggregation().limit();
    boolean any = plan.aggregation().order().isEmpty();
    Page first = Page.empty(query.outputTypes());
    for (Page page = pages.next(); page != null; page = pages.next()) {
      first = firstRows(Pages.concat(query.outputTypes(), List.of(first, firstRows(page))));
      if (any && first.rowCount() == limit) {
        break;
      }
    }
    pages.close();
    return first;
  }

  private Page firstRows(Page page) {
    long limit = plan.aggregation().limit();
    if (!isLimited() || limit >= page.rowCount()) {
      return page;
    }
    if (plan.aggregation().order().isEmpty()) {
      return page.slice(0, (int) limit);
    }
    RowOrder order = new RowOrder(page, plan.aggregation().order());
    return page.select(order.first(page.rowCount(), (int) limit), (int) limit);
  }
}
