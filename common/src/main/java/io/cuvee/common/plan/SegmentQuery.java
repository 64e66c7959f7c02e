package io.cuvee.common.plan;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The part of a query that servers run on each segment: filter, then rows or partial aggregates.
/// Expressions refer to `columns` by position.
///
/// @param table logical table name as in the catalog; the request to a server names the physical
///   table and segments
/// @param columns the columns that are read, by their catalog names
/// @param columnTypes their types
/// @param filter keeps the rows for which it is true; absent keeps all
public record SegmentQuery(
    String table,
    List<String> columns,
    List<ColumnType> columnTypes,
    @Nullable Expression filter,
    Output output) {
  public SegmentQuery {
    columns = List.copyOf(columns);
    columnTypes = List.copyOf(columnTypes);
  }

  /// What becomes of the rows that pass the filter.
  public sealed interface Output {}

  /// Rows, one for each that passes.
  ///
  /// @param projections the columns of the output
  /// @param order keys by position in `projections`; empty for any order
  /// @param limit at most this many rows are needed in all (offset included), [#NO_LIMIT] for all.
  ///   A server returns its own first `limit` rows of the order; the broker merges and cuts.
  public record Selection(List<Expression> projections, List<SortKey> order, long limit)
      implements Output {
    public Selection {
      projections = List.copyOf(projections);
      order = List.copyOf(order);
    }
  }

  /// Groups with partial aggregate states. Output columns: the keys, then for each aggregate its
  /// state columns as [AggregateFunctions#stateTypes] gives them. Without keys there is exactly one
  /// row, also if no row passed. Without aggregates this is DISTINCT of the keys.
  ///
  /// @param groupKeys may be empty
  /// @param order keys by position in `groupKeys`, used only together with `limit`
  /// @param limit the broker needs only the first `limit` groups by `order`, which is over group
  ///   keys alone so that cutting early is exact; [#NO_LIMIT] for all. With an empty `order` any
  ///   `limit` groups do, which only DISTINCT may ask for.
  public record Aggregation(
      List<Expression> groupKeys, List<AggregateCall> aggregates, List<SortKey> order, long limit)
      implements Output {
    public Aggregation {
      groupKeys = List.copyOf(groupKeys);
      aggregates = List.copyOf(aggregates);
      order = List.copyOf(order);
    }
  }

  public static final long NO_LIMIT = -1;

  /// The types of the columns that servers send for this query.
  public List<ColumnType> outputTypes() {
    return switch (output) {
      case Selection selection -> selection.projections().stream().map(Expression::type).toList();
      case Aggregation aggregation -> {
        List<ColumnType> types = new ArrayList<>();
        aggregation.groupKeys().forEach(key -> types.add(key.type()));
        aggregation.aggregates().forEach(call -> types.addAll(AggregateFunctions.stateTypes(call)));
        yield List.copyOf(types);
      }
    };
  }
}
