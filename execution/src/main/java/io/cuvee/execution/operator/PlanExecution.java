package io.cuvee.execution.operator;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs plans at the broker.
public final class PlanExecution {
  private final ScanSource scans;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Map<Integer, List<Page>> given;
  private final SharedRows shared;
  private final List<PageSource> opened = new ArrayList<>();

  /// @param given the rows for each [PlanNode.Given], by its number
  /// @param shared of the whole plan, of which this may run a part
  private PlanExecution(
      ScanSource scans,
      QueryContext context,
      MemoryBudget memory,
      Map<Integer, List<Page>> given,
      SharedRows shared) {
    this.scans = scans;
    this.context = context;
    this.memory = memory;
    this.given = given;
    this.shared = shared;
  }

  /// Starts `root`, which delivers its rows as they are pulled. The scans are opened before this
  /// returns, except for those of joins that read only what the other side has keys of, and those
  /// of rows that are shared.
  ///
  /// @param root without parameters
  /// @param memory what the operators hold is charged to it, and given back when the source is
  ///   closed
  /// @return closes the scans when it is closed
  /// @throws CuveeException from here and from [PageSource#next()], whatever goes wrong
  public static PageSource execute(
      PlanNode root, ScanSource scans, QueryContext context, MemoryBudget memory) {
    SharedRows shared = new SharedRows(context, memory);
    PageSource rows = new PlanExecution(scans, context, memory, Map.of(), shared).start(root);
    return shared.closedWith(rows);
  }

  /// A part of the plan that reads rows which are known only later.
  private RepeatedPlan repeated(PlanNode part, int number) {
    return new RepeatedPlan(
        part,
        number,
        (plan, more) -> {
          Map<Integer, List<Page>> all = new HashMap<>(given);
          all.putAll(more);
          return new PlanExecution(scans, context, memory, all, shared).start(plan);
        },
        context,
        memory);
  }

  /// Starts what several read, apart from the operators of the one that reads first.
  private PageSource alone(PlanNode part) {
    return new PlanExecution(scans, context, memory, given, shared).start(part);
  }

  private PageSource start(PlanNode root) {
    try {
      return open(root);
    } catch (RuntimeException | Error failure) {
      for (PageSource source : opened) {
        try {
          source.close();
        } catch (RuntimeException alsoFails) {
          failure.addSuppressed(alsoFails);
        }
      }
      throw failure;
    }
  }

  private PageSource open(PlanNode node) {
    return switch (node) {
      case PlanNode.Scan scan -> {
        PageSource source = scans.scan(scan);
        opened.add(source);
        yield source;
      }
      case PlanNode.Values values -> ValuesOperator.of(values);
      case PlanNode.Filter filter ->
          new FilterOperator(open(filter.input()), filter.condition(), context);
      case PlanNode.Project project ->
          new ProjectOperator(open(project.input()), project.expressions(), context);
      case PlanNode.MergeAggregate merge ->
          new MergeAggregateOperator(open(merge.input()), merge, context, memory);
      case PlanNode.Aggregate aggregate ->
          new AggregateOperator(open(aggregate.input()), aggregate, context, memory);
      case PlanNode.Sort sort -> openSort(sort);
      case PlanNode.Join join when join.nearest() != null ->
          new AsOfJoinOperator(open(join.left()), open(join.right()), join, context, memory);
      case PlanNode.Join join -> JoinOperator.of(this::open, join, context, memory);
      case PlanNode.SetOperation set -> {
        List<PageSource> inputs = new ArrayList<>();
        for (PlanNode input : set.inputs()) {
          inputs.add(open(input));
        }
        yield SetOperator.of(inputs, set, context, memory);
      }
      case PlanNode.Window window ->
          new WindowOperator(open(window.input()), window, context, memory);
      case PlanNode.LookupJoin join -> new LookupJoinOperator(this::open, join, context, memory);
      case PlanNode.Unnest unnest -> new UnnestOperator(open(unnest.input()), unnest, context);
      case PlanNode.Given rows -> PageSource.of(Objects.requireNonNull(given.get(rows.number())));
      case PlanNode.Shared rows -> shared.reader(rows, this::alone);
      case PlanNode.Recursion recursion ->
          new RecursionOperator(
              open(recursion.first()),
              repeated(recursion.next(), recursion.number()),
              recursion,
              context,
              memory);
      case PlanNode.Lateral lateral ->
          new LateralOperator(
              open(lateral.left()), repeated(lateral.right(), lateral.number()), lateral, context);
    };
  }

  private PageSource openSort(PlanNode.Sort sort) {
    long offset = count(sort.offset(), "OFFSET", 0);
    long limit = count(sort.limit(), "LIMIT", Long.MAX_VALUE);
    long needed = limit > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + limit;
    PageSource input = open(sort.input());
    PageSource sorted =
        sort.order().isEmpty()
            ? input
            : new SortOperator(input, sort.input().types(), sort.order(), needed, context, memory);
    return offset == 0 && limit == Long.MAX_VALUE
        ? sorted
        : new LimitOperator(sorted, offset, limit, context);
  }

  private static long count(@Nullable Expression expression, String what, long absent) {
    if (expression == null) {
      return absent;
    }
    Object value = Evaluator.constant(expression).value();
    if (value == null) {
      return absent;
    }
    if (!(value instanceof Long count) || count < 0) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          what + " takes a whole number from 0, not " + Evaluator.constant(expression) + ".");
    }
    return count;
  }
}
