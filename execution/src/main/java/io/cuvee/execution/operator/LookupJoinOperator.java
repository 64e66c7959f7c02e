package io.cuvee.execution.operator;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.Lookup;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A join of small inputs on the servers: reads them, puts their rows into the expressions that are
/// sent, and passes on what comes back.
final class LookupJoinOperator implements PageSource {
  private static final int MAX_ROWS = 200_000;

  /// Values in all expressions together.
  private static final long MAX_VALUES = 1_000_000;

  private static final long MAX_BYTES = 8 << 20;

  /// What a value takes as one of a list, roughly.
  private static final long VALUE_BYTES = 64;

  private final Function<PlanNode, PageSource> opener;
  private final PlanNode.LookupJoin node;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final List<PageSource> opened = new ArrayList<>();
  private @Nullable PageSource source;

  LookupJoinOperator(
      Function<PlanNode, PageSource> opener,
      PlanNode.LookupJoin node,
      QueryContext context,
      MemoryBudget memory) {
    this.opener = opener;
    this.node = node;
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  @Override
  public @Nullable Page next() {
    PageSource present = source;
    if (present == null) {
      present = open(pushed().orElse(node.otherwise()));
      source = present;
    }
    return present.next();
  }

  private PageSource open(PlanNode plan) {
    PageSource input = opener.apply(plan);
    opened.add(input);
    return input;
  }

  /// The plan with the rows in it, unless these are too many or not one a key.
  private Optional<PlanNode> pushed() {
    List<Rows> sides = new ArrayList<>();
    for (int i = 0; i < node.sides().size(); i++) {
      Optional<Rows> rows = read(node.sides().get(i), node.keys().get(i));
      if (rows.isEmpty()) {
        return Optional.empty();
      }
      sides.add(rows.get());
    }
    long[] values = new long[1];
    node.pushed()
        .mapExpressions(expression -> {
          Lookup.of(expression)
              .ifPresent(lookup -> values[0] += 2L * sides.get(lookup.side()).count);
          return expression;
        });
    if (values[0] > MAX_VALUES) {
      return Optional.empty();
    }
    memory.reserve(VALUE_BYTES * values[0]);
    return Optional.of(
        node.pushed()
            .mapExpressions(expression ->
                Lookup.of(expression)
                    .map(lookup -> sides.get(lookup.side()).in(lookup))
                    .orElse(expression)));
  }

  private Optional<Rows> read(PlanNode side, int key) {
    List<ColumnType> types = side.types();
    Held held = new Held(types, memory);
    try (PageSource input = open(side)) {
      for (Page page = input.next(); page != null; page = input.next()) {
        context.check();
        held.add(page);
        if (held.rowCount() > MAX_ROWS || held.sizeBytes() > MAX_BYTES) {
          held.clear();
          return Optional.empty();
        }
      }
    }
    Page rows = held.all();
    Values keys = rows.column(key);
    int[] groups = new int[rows.rowCount()];
    GroupTable table = new GroupTable(List.of(types.get(key)), memory);
    table.lookup(List.of(keys), rows.rowCount(), groups);
    List<Integer> present = new ArrayList<>();
    int groupOfNull = -1;
    for (int row = 0; row < groups.length; row++) {
      if (keys.isNull(row)) {
        groupOfNull = groups[row];
      } else {
        present.add(row);
      }
    }
    int different = table.groupCount() - (groupOfNull < 0 ? 0 : 1);
    return different == present.size()
        ? Optional.of(new Rows(rows, types.get(key), key, present))
        : Optional.empty();
  }

  @Override
  public void close() {
    opened.forEach(PageSource::close);
    memory.close();
  }

  /// The rows of one side that have a key.
  private static final class Rows {
    private final Page page;
    private final ColumnType keyType;
    private final int key;
    private final List<Integer> present;
    private final int count;
    private final Map<Integer, List<@Nullable Object>> columns = new HashMap<>();

    Rows(Page page, ColumnType keyType, int key, List<Integer> present) {
      this.page = page;
      this.keyType = keyType;
      this.key = key;
      this.present = present;
      this.count = present.size();
    }

    Expression in(Lookup lookup) {
      return lookup.withRows(column(key), keyType, column(lookup.column().orElse(key)));
    }

    private List<@Nullable Object> column(int column) {
      return columns.computeIfAbsent(
          column,
          position -> {
            Values values = page.column(position);
            List<@Nullable Object> items = new ArrayList<>(count);
            for (int row : present) {
              items.add(values.isNull(row) ? null : values.get(row));
            }
            return Collections.unmodifiableList(items);
          });
    }
  }
}
