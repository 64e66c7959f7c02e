package io.cuvee.broker.query;

import io.cuvee.broker.routing.ClusterSnapshot;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.broker.scatter.Scatter;
import io.cuvee.broker.scatter.ServerLinks;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.Lookup;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the servers say they would do in the segments of a scan; segments of which they say the
/// same are put together. Whatever keeps a server from answering is part of the text.
final class SegmentPlans {
  /// A server that does not answer in this time is left out.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ServerLinks links;
  private final ClusterSnapshot snapshot;
  private final QueryContext context;
  private final MemoryBudget memory;

  SegmentPlans(
      ServerLinks links, ClusterSnapshot snapshot, QueryContext context, MemoryBudget memory) {
    this.links = links;
    this.snapshot = snapshot;
    this.context = context;
    this.memory = memory;
  }

  /// The lines below a scan.
  ///
  /// @throws CuveeException if the query itself was cancelled, or its time is over
  List<String> lines(PlanNode.Scan scan) {
    String table = scan.query().table();
    List<TableRouting> routing =
        SystemTables.owns(table) ? List.of() : snapshot.routing().halves(table);
    if (routing.isEmpty()) {
      return List.of();
    }
    if (looksUp(scan.query())) {
      return List.of("Unknown: the rows below are read first, and sent with the query");
    }
    long millis = Math.min(PATIENCE.toMillis(), context.remainingMillis());
    Scatter scatter =
        new Scatter(
            links,
            snapshot,
            QueryContext.withTimeout(context.queryId(), Duration.ofMillis(millis))
                .withStarTrees(context.useStarTrees())
                .withSkippedUpsert(context.skipsUpsert()),
            memory,
            true);
    Map<String, Integer> counts = new TreeMap<>();
    String unknown = "its server did not say";
    try (PageSource pages = scatter.explain(scan)) {
      for (Page page = pages.next(); page != null; page = pages.next()) {
        BytesValues texts = (BytesValues) page.column(1);
        for (int i = 0; i < page.rowCount(); i++) {
          counts.merge(texts.text(i), 1, Integer::sum);
        }
      }
    } catch (CuveeException failure) {
      context.check();
      unknown =
          failure.code() == ErrorCode.QUERY_TIMEOUT
              ? "no answer within " + millis + " ms"
              : failure.getMessage();
    }
    Map<String, String> missing = scatter.report().missing();
    missing.values().forEach(reason -> counts.merge("Unknown: " + reason, 1, Integer::sum));
    int known = counts.values().stream().mapToInt(Integer::intValue).sum();
    int all = Math.max(known, routing.stream().mapToInt(TableRouting::segmentCount).sum());
    if (all > known) {
      counts.merge("Unknown: " + unknown, all - known, Integer::sum);
    }
    List<String> lines = new ArrayList<>();
    counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> {
          List<String> plan = entry.getKey().lines().toList();
          lines.add(count(entry.getValue(), all) + ": " + plan.getFirst());
          lines.addAll(plan.subList(1, plan.size()));
        });
    return lines;
  }

  /// Whether servers will be sent the rows of small inputs of a join, which are not known yet.
  private static boolean looksUp(SegmentQuery query) {
    List<Expression> expressions = new ArrayList<>();
    if (query.filter() != null) {
      expressions.add(query.filter());
    }
    if (query.output() instanceof SegmentQuery.Aggregation groups) {
      expressions.addAll(groups.groupKeys());
      for (AggregateCall call : groups.aggregates()) {
        expressions.addAll(call.arguments());
        if (call.filter() != null) {
          expressions.add(call.filter());
        }
      }
    }
    boolean[] found = new boolean[1];
    for (Expression expression : expressions) {
      expression.rewrite(part -> {
        found[0] |= Lookup.of(part).isPresent();
        return part;
      });
    }
    return found[0];
  }

  private static String count(int count, int all) {
    return (count == all ? all == 1 ? "the only" : "all " + all : count + " of " + all)
        + (all == 1 ? " segment" : " segments");
  }
}
