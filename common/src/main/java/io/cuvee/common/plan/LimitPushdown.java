package io.cuvee.common.plan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tells servers how many rows are needed where a plan's limit allows. Done when a statement is
/// planned and again when its parameters are bound, since a limit may be a parameter.
///
/// A limit moves into the scan below it if that delivers rows, or groups whose order is that of the
/// keys. In the second case the order is completed with all keys, so that all servers send the same
/// groups and none is merged from a part of its states.
public final class LimitPushdown {
  private LimitPushdown() {}

  /// `root` with limits moved into its scans; `root` itself if there is none to move.
  @SuppressWarnings("ReferenceEquality")
  public static PlanNode apply(PlanNode root) {
    List<PlanNode> inputs = root.inputs();
    List<PlanNode> changed = null;
    for (int i = 0; i < inputs.size(); i++) {
      PlanNode input = inputs.get(i);
      PlanNode pushed = apply(input);
      if (pushed != input) {
        changed = changed == null ? new ArrayList<>(inputs) : changed;
        changed.set(i, pushed);
      }
    }
    PlanNode node = changed == null ? root : root.withInputs(changed);
    return node instanceof PlanNode.Sort sort ? push(sort) : node;
  }

  private static PlanNode push(PlanNode.Sort sort) {
    long needed = needed(sort);
    if (needed < 0) {
      return sort;
    }
    return switch (sort.input()) {
      case PlanNode.Scan scan
          when scan.query().output() instanceof SegmentQuery.Selection selection ->
          selection.limit() == SegmentQuery.NO_LIMIT
              ? new PlanNode.Sort(
                  withOutput(
                      scan,
                      new SegmentQuery.Selection(selection.projections(), sort.order(), needed)),
                  sort.order(),
                  sort.offset(),
                  sort.limit())
              : sort;
      case PlanNode.MergeAggregate merge -> {
        List<SortKey> order = keyOrder(sort.order(), merge, null);
        PlanNode limited = order == null ? null : limited(merge, order, needed);
        yield limited == null
            ? sort
            : new PlanNode.Sort(limited, order, sort.offset(), sort.limit());
      }
      case PlanNode.Project project when project.input() instanceof PlanNode.MergeAggregate merge ->
          pushThrough(sort, project, merge, needed);
      case PlanNode.Scan scan -> sort;
      case PlanNode.Values values -> sort;
      case PlanNode.Filter filter -> sort;
      case PlanNode.Project project -> sort;
      case PlanNode.Aggregate aggregate -> sort;
      case PlanNode.Sort inner -> sort;
      case PlanNode.Join join -> sort;
      case PlanNode.SetOperation set -> sort;
      case PlanNode.Window window -> sort;
      case PlanNode.Unnest unnest -> sort;
      case PlanNode.LookupJoin join -> sort;
      case PlanNode.Given given -> sort;
      case PlanNode.Shared shared -> sort;
      case PlanNode.Recursion recursion -> sort;
      case PlanNode.Lateral lateral -> sort;
    };
  }

  /// The projection may hide keys, so the groups are sorted before it; it keeps the order.
  private static PlanNode pushThrough(
      PlanNode.Sort sort, PlanNode.Project project, PlanNode.MergeAggregate merge, long needed) {
    List<SortKey> order = keyOrder(sort.order(), merge, project);
    PlanNode limited = order == null ? null : limited(merge, order, needed);
    return limited == null
        ? sort
        : new PlanNode.Project(
            new PlanNode.Sort(limited, order, sort.offset(), sort.limit()), project.expressions());
  }

  /// The rows that are needed, offset included, or -1 if that is not known or all.
  private static long needed(PlanNode.Sort sort) {
    if (!(sort.limit() instanceof Expression.Literal limit)
        || !(limit.value() instanceof Long count)
        || count < 0) {
      return -1;
    }
    if (sort.offset() == null) {
      return count;
    }
    return sort.offset() instanceof Expression.Literal offset
            && offset.value() instanceof Long skipped
            && skipped >= 0
            && skipped <= Long.MAX_VALUE - count
        ? skipped + count
        : -1;
  }

  /// The order with all keys of the groups, or null if it is not one of keys alone.
  private static @Nullable List<SortKey> keyOrder(
      List<SortKey> order, PlanNode.MergeAggregate merge, PlanNode.@Nullable Project project) {
    List<SortKey> keys = new ArrayList<>();
    boolean[] seen = new boolean[merge.keyCount()];
    for (SortKey key : order) {
      int column = key.column();
      if (project != null) {
        if (!(project.expressions().get(column) instanceof Expression.Column source)) {
          return null;
        }
        column = source.index();
      }
      if (column >= merge.keyCount()) {
        return null;
      }
      if (!seen[column]) {
        seen[column] = true;
        keys.add(new SortKey(column, key.descending(), key.nullsFirst()));
      }
    }
    for (int i = 0; i < seen.length; i++) {
      if (!seen[i]) {
        keys.add(new SortKey(i, false, false));
      }
    }
    return keys;
  }

  private static @Nullable PlanNode limited(
      PlanNode.MergeAggregate merge, List<SortKey> order, long needed) {
    if (merge.keyCount() > 0
        && merge.input() instanceof PlanNode.Scan scan
        && scan.query().output() instanceof SegmentQuery.Aggregation aggregation
        && aggregation.limit() == SegmentQuery.NO_LIMIT) {
      return new PlanNode.MergeAggregate(
          withOutput(
              scan,
              new SegmentQuery.Aggregation(
                  aggregation.groupKeys(), aggregation.aggregates(), order, needed)),
          merge.keyCount(),
          merge.aggregates());
    }
    return null;
  }

  private static PlanNode.Scan withOutput(PlanNode.Scan scan, SegmentQuery.Output output) {
    SegmentQuery query = scan.query();
    return new PlanNode.Scan(
        new SegmentQuery(
            query.table(), query.columns(), query.columnTypes(), query.filter(), output));
  }
}
