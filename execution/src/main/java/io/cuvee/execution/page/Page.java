package io.cuvee.execution.page;

import io.cuvee.common.type.ColumnType;
import java.util.List;

/// A batch of rows, by column. The types of the columns are known from the plan and not carried
/// along.
///
/// @param rowCount also the count of every column; a page may have rows and no columns
public record Page(int rowCount, List<Values> columns) {
  /// How many rows operators aim at.
  public static final int TARGET_ROWS = 4096;

  public Page {
    columns = List.copyOf(columns);
    for (Values column : columns) {
      if (column.count() != rowCount) {
        throw new IllegalArgumentException(
            "A column has " + column.count() + " rows in a page of " + rowCount + ".");
      }
    }
  }

  public static Page of(Values... columns) {
    return new Page(columns[0].count(), List.of(columns));
  }

  /// A page without rows.
  public static Page empty(List<ColumnType> types) {
    return new Page(0, types.stream().map(type -> ValuesBuilder.of(type, 0).build()).toList());
  }

  public Values column(int index) {
    return columns.get(index);
  }

  public Page select(int[] rows, int count) {
    return new Page(count, columns.stream().map(column -> column.select(rows, count)).toList());
  }

  public Page slice(int from, int count) {
    return from == 0 && count == rowCount
        ? this
        : new Page(count, columns.stream().map(column -> column.slice(from, count)).toList());
  }

  public long sizeBytes() {
    return columns.stream().mapToLong(Values::sizeBytes).sum();
  }
}
