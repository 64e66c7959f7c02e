package io.cuvee.engine.aggregation;

import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.segment.column.Dictionary;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the codes of one key are numbered in a table of its values. Kept from segment to segment as
/// long as these have the same dictionary, so that each value is looked up once. Not thread-safe.
final class CodeNumbers {
  private static final int UNKNOWN = -1;
  private static final int WANTED = -2;

  /// Larger dictionaries are not worth the memory between segments.
  private static final int MOST_KEPT = 1 << 20;

  private final GroupTable table;
  private @Nullable Dictionary dictionary;
  private int[] numbers = {};

  /// @param table of this key alone
  CodeNumbers(GroupTable table) {
    this.table = table;
  }

  GroupTable table() {
    return table;
  }

  /// The number of each code that occurs, by code.
  int[] of(KeyColumn column, int[] codes, int count) {
    Dictionary values = column instanceof KeyColumn.Ids ids ? ids.dictionary() : null;
    Dictionary known = dictionary;
    if (values == null || known == null || !values.isSame(known)) {
      numbers = new int[values == null ? (int) column.codeCount() : values.size() + 1];
      Arrays.fill(numbers, UNKNOWN);
      dictionary = values != null && values.size() < MOST_KEPT ? values : null;
    }
    int wanted = 0;
    for (int i = 0; i < count; i++) {
      if (numbers[codes[i]] == UNKNOWN) {
        numbers[codes[i]] = WANTED;
        wanted++;
      }
    }
    if (wanted > 0) {
      lookup(column, wanted);
    }
    return numbers;
  }

  private void lookup(KeyColumn column, int wanted) {
    int[] codes = new int[wanted];
    for (int code = 0, i = 0; i < wanted; code++) {
      if (numbers[code] == WANTED) {
        codes[i++] = code;
      }
    }
    int[] found = new int[wanted];
    table.lookup(List.of(column.values(codes, wanted)), wanted, found);
    for (int i = 0; i < wanted; i++) {
      numbers[codes[i]] = found[i];
    }
  }
}
