package io.cuvee.execution.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.SpillConfig;
import io.cuvee.execution.spill.SpillDirectory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Tables in memory, their scans, and running plans over them.
final class OperatorFixture {
  final Random random;
  final MemoryBudget memory = MemoryBudget.unlimited();
  private final Map<String, List<Page>> tables = new HashMap<>();
  int openScans;
  int scanCount;
  private final Map<String, Integer> scanned = new HashMap<>();

  OperatorFixture(long seed) {
    random = new Random(seed);
  }

  /// A table of random rows in pages of random sizes, some of them empty.
  PlanNode.Scan table(String name, int rowCount, double nullShare, ColumnType... types) {
    List<Page> pages = new ArrayList<>();
    for (int left = rowCount; left > 0 || pages.isEmpty(); ) {
      int count = Math.min(left, random.nextInt(40));
      List<Values> columns = new ArrayList<>();
      for (ColumnType type : types) {
        columns.add(new RandomValues(random).column(type, count, nullShare));
      }
      pages.add(new Page(count, columns));
      left -= count;
    }
    return table(name, pages, types);
  }

  PlanNode.Scan table(String name, List<Page> pages, ColumnType... types) {
    tables.put(name, pages);
    List<Expression> columns = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < types.length; i++) {
      columns.add(new Expression.Column(i, types[i]));
      names.add("c" + i);
    }
    return new PlanNode.Scan(
        new SegmentQuery(
            name,
            names,
            Arrays.asList(types),
            null,
            new SegmentQuery.Selection(columns, List.of(), SegmentQuery.NO_LIMIT)));
  }

  List<List<@Nullable Object>> rows(PlanNode.Scan scan) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    tables.get(scan.query().table()).forEach(page -> append(page, rows));
    return rows;
  }

  /// What the last scan of a table gave.
  int scannedRows(String table) {
    return scanned.getOrDefault(table, 0);
  }

  PageSource open(PlanNode plan, QueryContext context, MemoryBudget budget) {
    return PlanExecution.execute(plan, this::scan, context, budget);
  }

  private List<Page> filtered(PlanNode.Scan scan) {
    List<Page> pages = tables.get(scan.query().table());
    if (scan.query().filter() == null) {
      return pages;
    }
    Filter filter = Filter.compile(scan.query().filter());
    return pages.stream()
        .map(page -> {
          int[] rows = new int[page.rowCount()];
          int count = filter.select(page, rows);
          return page.select(rows, count);
        })
        .toList();
  }

  private PageSource scan(PlanNode.Scan scan) {
    List<Page> passed = filtered(scan);
    scanned.put(scan.query().table(), passed.stream().mapToInt(Page::rowCount).sum());
    PageSource pages = PageSource.of(passed);
    openScans++;
    scanCount++;
    return new PageSource() {
      private boolean closed;

      @Override
      public @Nullable Page next() {
        if (closed) {
          throw new IllegalStateException("Read after close.");
        }
        return pages.next();
      }

      @Override
      public void close() {
        if (!closed) {
          closed = true;
          openScans--;
        }
      }
    };
  }

  /// All rows of the plan's result, with values in comparable form. They are computed once in
  /// memory, and once with everything on disk that can be there, which must give the same rows.
  List<List<@Nullable Object>> run(PlanNode plan) {
    List<List<@Nullable Object>> rows = run(plan, memory);
    try (SpillDirectory directory = SpillDirectory.open(SpillConfig.temporary("test"))) {
      MemoryBudget all = MemoryBudget.of("the test", 1L << 30, "its limit");
      MemoryBudget always = all.alwaysSpillingTo(directory);
      MemoryBudget query = always.child("the query", 1L << 30, "its limit");
      List<List<@Nullable Object>> spilled = run(plan, query);
      query.close();
      assertThat(spilled).as("spilled").containsExactlyInAnyOrderElementsOf(rows);
      assertThat(directory.usedBytes()).as("bytes left on disk").isZero();
      assertThat(always.usedBytes()).as("bytes held").isZero();
    }
    return rows;
  }

  /// All rows of the plan's result, computed once.
  List<List<@Nullable Object>> run(PlanNode plan, MemoryBudget budget) {
    List<List<@Nullable Object>> rows = new ArrayList<>();
    QueryContext context = QueryContext.withTimeout("test", Duration.ofMinutes(1));
    try (PageSource source = open(plan, context, budget)) {
      for (Page page = source.next(); page != null; page = source.next()) {
        append(page, rows);
      }
    }
    if (openScans != 0 || budget.usedBytes() != 0) {
      throw new AssertionError(openScans + " scans open, " + budget.usedBytes() + " bytes held");
    }
    return rows;
  }

  static void append(Page page, List<List<@Nullable Object>> rows) {
    for (int i = 0; i < page.rowCount(); i++) {
      List<@Nullable Object> row = new ArrayList<>();
      for (Values column : page.columns()) {
        row.add(RandomValues.key(column.get(i)));
      }
      rows.add(row);
    }
  }

  static List<@Nullable Object> concat(List<@Nullable Object> a, List<@Nullable Object> b) {
    List<@Nullable Object> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  static List<@Nullable Object> nulls(int count) {
    return new ArrayList<>(java.util.Collections.nCopies(count, null));
  }
}
