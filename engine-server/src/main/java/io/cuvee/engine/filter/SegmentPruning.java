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

  boolean excludes(Expression condition) {
    if (!(condition instanceof Expression.Call call)) {
      return false;
    }
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "AND" -> arguments.stream().anyMatch(this::excludes);
      case "OR" -> arguments.stream().allMatch(this::excludes);
      case "EQ" ->
          excludes(arguments.get(0), arguments.get(1))
              || excludes(arguments.get(1), arguments.get(0));
      case "IN" ->
          arguments.stream()
              .skip(1)
              .allMatch(candidate -> excludes(arguments.getFirst(), candidate));
      default -> false;
    };
  }

  private boolean excludes(Expression left, Expression right) {
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
      return true;
    }
    if (value instanceof Long number
        && stored.statistics().min() instanceof Long min
        && stored.statistics().max() instanceof Long max
        && (number < min || number > max)) {
      return true;
    }
    return stored.bloomFilter().isPresent() && !stored.bloomFilter().get().mayContain(value);
  }
}
