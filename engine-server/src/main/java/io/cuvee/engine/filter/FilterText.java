package io.cuvee.engine.filter;

import io.cuvee.common.plan.Expression;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How a segment finds the rows that pass, in words for EXPLAIN: by which indexes, and what is
/// scanned. Numbers that differ from segment to segment are left out, so that segments that do the
/// same read the same.
public final class FilterText {
  private static final String INDENT = "  ";

  private final List<SegmentColumn> columns;
  private final IntFunction<String> names;

  /// @param columns of the segment
  /// @param names of the columns in the query
  public FilterText(List<SegmentColumn> columns, IntFunction<String> names) {
    this.columns = columns;
    this.names = names;
  }

  /// One condition a line, parts of a condition indented below it; empty if all rows pass.
  ///
  /// @param filter that the plan was compiled from
  public List<String> lines(@Nullable Expression filter, FilterPlan plan, int docCount) {
    List<List<String>> parts = new ArrayList<>();
    if (filter != null && (plan.from() > 0 || plan.to() < docCount)) {
      parts.add(List.of("SortedRange" + sorted(filter)));
    }
    switch (plan.condition()) {
      case null -> {}
      case Conjunction all -> all.parts.forEach(part -> parts.add(lines(part)));
      case FilterNode node -> parts.add(lines(node));
    }
    return parts.isEmpty() ? List.of() : combined("And", parts);
  }

  /// The sorted columns of the condition, one of which gave the range.
  private String sorted(Expression filter) {
    return columns(
        RowExpression.compile(filter).slots().stream()
            .filter(slot -> columns.get(slot).isSorted())
            .toList());
  }

  private String columns(List<Integer> slots) {
    return slots.stream().distinct().map(names::apply).collect(Collectors.joining(", ", "(", ")"));
  }

  private String column(int slot) {
    return columns(List.of(slot));
  }

  private static List<String> combined(String operator, List<List<String>> parts) {
    if (parts.size() == 1) {
      return parts.getFirst();
    }
    List<String> lines = new ArrayList<>(List.of(operator));
    for (List<String> part : parts) {
      part.forEach(line -> lines.add(INDENT + line));
    }
    return lines;
  }

  private List<String> lines(FilterNode node) {
    return switch (node) {
      case AllRows _ -> List.of("AllRows");
      case NoRows _ -> List.of("NoRows");
      case DocRange _ -> List.of("SortedRange");
      case DocRanges _ -> List.of("Ranges");
      case HasValue has -> List.of((has.wanted ? "NotNull" : "Null") + column(has.slot));
      case IndexCondition index ->
          List.of(
              index.slot == IndexCondition.NO_COLUMN
                  ? "LiveRows"
                  : index.indexName() + column(index.slot));
      case DictIdCondition ids -> List.of(scan("ScanDictIds", ids.slot));
      case LongCondition longs -> List.of(scan("ScanValues", longs.slot));
      case DoubleCondition doubles -> List.of(scan("ScanValues", doubles.slot));
      case ArrayCondition array -> List.of(scan("ScanElements", array.slot));
      case ComputedCondition computed -> List.of("Compute" + columns(computed.slots()));
      case Conjunction all -> combined("And", all.parts.stream().map(this::lines).toList());
      case Disjunction any -> combined("Or", any.parts.stream().map(this::lines).toList());
      case Complement not -> {
        List<String> lines = new ArrayList<>(List.of("Not"));
        lines(not.condition()).forEach(line -> lines.add(INDENT + line));
        yield lines;
      }
    };
  }

  private String scan(String operator, int slot) {
    return operator + column(slot) + (columns.get(slot).zoneMap().isPresent() ? " by zones" : "");
  }

  /// What told that no row of the segment passes.
  public String exclusion(Expression filter, int docCount) {
    SegmentPruning pruning = new SegmentPruning(columns);
    TreeSet<String> others = new TreeSet<>();
    for (Expression condition : conditions(filter)) {
      TreeSet<String> reasons = new TreeSet<>();
      if (pruning.excludes(condition, (by, slot) -> reasons.add(by + column(slot)))) {
        return String.join(", ", reasons);
      }
      if (FilterPlan.compile(condition, columns, docCount, FilterPlan.WITHOUT_INDEXES).isEmpty()) {
        for (int slot : RowExpression.compile(condition).slots()) {
          others.add(source(slot, docCount) + column(slot));
        }
      }
    }
    return others.isEmpty() ? "Conditions" : String.join(", ", others);
  }

  private String source(int slot, int docCount) {
    SegmentColumn column = columns.get(slot);
    if (column.statistics().nullCount() == docCount) {
      return "NullsOnly";
    }
    return column.dictionary().isPresent() ? "Dictionary" : "MinMax";
  }

  private static List<Expression> conditions(Expression filter) {
    return filter instanceof Expression.Call call && call.function().equals("AND")
        ? call.arguments().stream().flatMap(part -> conditions(part).stream()).toList()
        : List.of(filter);
  }
}
