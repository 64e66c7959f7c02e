package io.cuvee.engine.filter;

import io.cuvee.common.plan.Expression;
import io.cuvee.segment.column.SegmentColumn;
import java.util.List;

/// Whether a condition can be true for no row of a segment, told by Bloom filters and by smallest
/// and largest values alone: before dictionaries are searched and expressions evaluated on them.
final class SegmentPruning {
  private final List<SegmentColumn> columns;

  SegmentPruning(List<SegmentColumn> columns) {
    this.columns = columns;
  }

  /// Hears what told.
  interface Reasons {
    /// @param by what knew, for EXPLAIN
    void add(String by, int slot);
  }

  boolean excludes(Expression condition) {
    return excludes(condition, (by, slot) -> {});
  }

  /// @param reasons hears of what excludes the condition, or some of its parts
  boolean excludes(Expression condition, Reasons reasons) {
    if (!(condition instanceof Expression.Call call)) {
      return false;
    }
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "AND" -> arguments.stream().anyMatch(part -> excludes(part, reasons));
      case "OR" -> arguments.stream().allMatch(part -> excludes(part, reasons));
      case "EQ" ->
          excludes(arguments.get(0), arguments.get(1), reasons)
              || excludes(arguments.get(1), arguments.get(0), reasons);
      case "IN" ->
          arguments.stream()
              .skip(1)
              .allMatch(candidate -> excludes(arguments.getFirst(), candidate, reasons));
      default -> false;
    };
  }

  private boolean excludes(Expression left, Expression right, Reasons reasons) {
    if (!(left instanceof Expression.Column column
        && right instanceof Expression.Literal literal
        && !literal.type().isArray()
        && literal.type().dataType().representation()
            == column.type().dataType().representation())) {
      return false;
    }
    Object value = literal.value();
    SegmentColumn stored = columns.get(column.index());
    if (value == null) {
      reasons.add("Null", column.index());
      return true;
    }
    if (value instanceof Long number
        && stored.statistics().min() instanceof Long min
        && stored.statistics().max() instanceof Long max
        && (number < min || number > max)) {
      reasons.add("MinMax", column.index());
      return true;
    }
    boolean absent =
        stored.bloomFilter().isPresent() && !stored.bloomFilter().get().mayContain(value);
    if (absent) {
      reasons.add("BloomFilter", column.index());
    }
    return absent;
  }
}
