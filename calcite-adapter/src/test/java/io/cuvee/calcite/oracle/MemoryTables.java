package io.cuvee.calcite.oracle;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.Accumulator;
import io.cuvee.execution.aggregate.Accumulators;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.operator.PlanExecution;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tables in memory, cut into segments, and servers for them that do what a fragment says in the plainest way.
public final class MemoryTables implements Catalog {
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final Map<String, List<List<@Nullable Object>>> rows = new LinkedHashMap<>();
  private final int segments;

  /// @param segments how many parts each table has
  public MemoryTables(int segments) {
    this.segments = segments;
  }

  /// Adds a table.
  ///
  /// @param tableRows in the Java form of [Expression.Literal]
  public void add(String name, List<TableColumn> columns, List<List<@Nullable Object>> tableRows) {
    tables.put(name.toLowerCase(Locale.ROOT), new Table(name, columns, tableRows.size(), false));
    rows.put(name, tableRows);
  }

  @Override
  public long version() {
    return 1;
  }

  @Override
  public Optional<Table> table(String name) {
    return Optional.ofNullable(tables.get(name.toLowerCase(Locale.ROOT)));
  }

  @Override
  public List<Table> tables() {
    return List.copyOf(tables.values());
  }

  /// The rows of a table.
  public List<List<@Nullable Object>> rows(String name) {
    return rows.get(name);
  }

  /// Runs a plan without parameters.
  public List<List<@Nullable Object>> execute(PlanNode plan) {
    List<List<@Nullable Object>> result = new ArrayList<>();
    try (PageSource source =
        PlanExecution.execute(
            plan,
            this::scan,
            QueryContext.withTimeout("test", Duration.ofMinutes(1)),
            MemoryBudget.unlimited())) {
      for (Page page = source.next(); page != null; page = source.next()) {
        for (int row = 0; row < page.rowCount(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (Values column : page.columns()) {
            values.add(column.get(row));
          }
          result.add(values);
        }
      }
    }
    return result;
  }

  private PageSource scan(PlanNode.Scan scan) {
    SegmentQuery query = scan.query();
    List<List<@Nullable Object>> all = rows.get(query.table());
    List<Page> pages = new ArrayList<>();
    for (int segment = 0; segment < segments; segment++) {
      List<List<@Nullable Object>> part = new ArrayList<>();
      for (int row = segment; row < all.size(); row += segments) {
        part.add(all.get(row));
      }
      pages.add(serve(query, page(query, part)));
    }
    return PageSource.of(pages);
  }

  private Page page(SegmentQuery query, List<List<@Nullable Object>> part) {
    List<Values> columns = new ArrayList<>();
    Table table = table(query.table()).orElseThrow();
    for (int i = 0; i < query.columns().size(); i++) {
      String name = query.columns().get(i);
      int index = table.columns().indexOf(table.column(name).orElseThrow());
      ValuesBuilder builder = ValuesBuilder.of(query.columnTypes().get(i), part.size());
      part.forEach(row -> builder.appendObject(row.get(index)));
      columns.add(builder.build());
    }
    return new Page(part.size(), columns);
  }

  private static Page serve(SegmentQuery query, Page page) {
    Page passed = query.filter() == null ? page : Filter.compile(query.filter()).apply(page);
    return switch (query.output()) {
      case SegmentQuery.Selection selection -> select(selection, passed);
      case SegmentQuery.Aggregation aggregation -> aggregate(aggregation, passed);
    };
  }

  private static Page select(SegmentQuery.Selection selection, Page page) {
    List<Values> columns = evaluate(selection.projections(), page);
    return firstRows(new Page(page.rowCount(), columns), selection.order(), selection.limit(), selection.projections());
  }

  private static Page firstRows(
      Page page, List<SortKey> order, long limit, List<Expression> columns) {
    if (limit == SegmentQuery.NO_LIMIT) {
      return page;
    }
    // The broker's own sort, which is tested elsewhere.
    List<List<Expression>> rows = new ArrayList<>();
    List<ColumnType> types = columns.stream().map(Expression::type).toList();
    for (int row = 0; row < page.rowCount(); row++) {
      List<Expression> values = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        values.add(new Expression.Literal(page.column(i).get(row), types.get(i)));
      }
      rows.add(values);
    }
    PlanNode sort =
        new PlanNode.Sort(
            new PlanNode.Values(rows, types),
            order,
            null,
            new Expression.Literal(limit, ColumnType.LONG));
    List<ValuesBuilder> builders =
        types.stream().map(type -> ValuesBuilder.of(type, page.rowCount())).toList();
    int count = 0;
    try (PageSource source =
        PlanExecution.execute(
            sort,
            scan -> PageSource.of(List.of()),
            QueryContext.withTimeout("test", Duration.ofMinutes(1)),
            MemoryBudget.unlimited())) {
      for (Page next = source.next(); next != null; next = source.next()) {
        for (int row = 0; row < next.rowCount(); row++) {
          count++;
          for (int i = 0; i < builders.size(); i++) {
            builders.get(i).append(next.column(i), row);
          }
        }
      }
    }
    return new Page(count, builders.stream().map(ValuesBuilder::build).toList());
  }

  private static List<Values> evaluate(List<Expression> expressions, Page page) {
    return expressions.stream()
        .map(expression -> Evaluator.compile(expression).evaluate(page))
        .toList();
  }

  private static Page aggregate(SegmentQuery.Aggregation aggregation, Page page) {
    MemoryBudget budget = MemoryBudget.unlimited();
    int rowCount = page.rowCount();
    int[] groups = new int[rowCount];
    List<Expression> keys = aggregation.groupKeys();
    GroupTable table = new GroupTable(keys.stream().map(Expression::type).toList(), budget);
    int groupCount = 1;
    if (!keys.isEmpty()) {
      table.lookup(evaluate(keys, page), rowCount, groups);
      groupCount = table.groupCount();
    }
    List<Values> columns = new ArrayList<>(keys.isEmpty() ? List.of() : table.keys());
    for (AggregateCall call : aggregation.aggregates()) {
      Accumulator accumulator = Accumulators.create(call, budget);
      accumulator.ensureGroups(groupCount);
      int[] mine = groups.clone();
      if (call.filter() != null) {
        Accumulators.filterGroups(
            groups, rowCount, Evaluator.compile(call.filter()).evaluate(page), mine);
      }
      accumulator.add(mine, rowCount, evaluate(call.arguments(), page));
      columns.addAll(accumulator.states(groupCount));
    }
    Page result = new Page(groupCount, columns);
    return aggregation.aggregates().isEmpty() || aggregation.limit() != SegmentQuery.NO_LIMIT
        ? firstGroups(result, aggregation)
        : result;
  }

  private static Page firstGroups(Page page, SegmentQuery.Aggregation aggregation) {
    List<Expression> columns = new ArrayList<>();
    SegmentQuery query =
        new SegmentQuery("t", List.of(), List.of(), null, aggregation);
    query.outputTypes().forEach(type -> columns.add(new Expression.Literal(null, type)));
    return firstRows(page, aggregation.order(), aggregation.limit(), columns);
  }
}
