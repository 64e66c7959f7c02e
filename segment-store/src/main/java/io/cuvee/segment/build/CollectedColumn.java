package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.SegmentFormat;
import org.jspecify.annotations.Nullable;

/// What has come for one column so far.
final class CollectedColumn {
  private final FieldSpec field;
  private final ValueStore store;
  private final NullBits nulls = new NullBits();

  /// For arrays, where the elements of each row end.
  private final @Nullable IntChunks ends;

  private int maxArrayLength;

  CollectedColumn(FieldSpec field) {
    this.field = field;
    this.store = ValueStore.of(field.type());
    this.ends = field.type().isArray() ? new IntChunks() : null;
  }

  FieldSpec field() {
    return field;
  }

  ValueStore store() {
    return store;
  }

  NullBits nulls() {
    return nulls;
  }

  int maxArrayLength() {
    return maxArrayLength;
  }

  long memoryBytes() {
    return store.memoryBytes() + nulls.memoryBytes() + (ends == null ? 0 : ends.memoryBytes());
  }

  /// Appends all rows of a page's column; the first of them is row `firstRow` of the input.
  void append(Values values, int firstRow) {
    if (ends == null && !values.mayHaveNulls() && store.appendAll(values)) {
      return;
    }
    for (int i = 0; i < values.count(); i++) {
      try {
        if (values.isNull(i)) {
          appendNull(firstRow + i);
        } else if (ends == null) {
          store.append(values, i);
        } else {
          appendArray((ArrayValues) values, i, ends);
        }
      } catch (IllegalArgumentException e) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            "Row "
                + (firstRow + i)
                + " (the first is 0), column '"
                + field.name()
                + "': "
                + e.getMessage()
                + ".",
            e);
      }
    }
  }

  private void appendNull(int row) {
    if (field.notNull()) {
      throw new IllegalArgumentException(
          "the value is NULL, and the schema says notNull; give a value, or a defaultNullValue in"
              + " the schema");
    }
    nulls.add(row);
    if (ends == null) {
      store.appendNull();
    } else {
      ends.add(store.size());
    }
  }

  private void appendArray(ArrayValues arrays, int row, IntChunks arrayEnds) {
    Values elements = arrays.elements();
    int length = arrays.length(row);
    if (length > SegmentFormat.MAX_VALUES - store.size()) {
      throw new IllegalArgumentException(
          "a segment holds at most " + SegmentFormat.MAX_VALUES + " elements in a column");
    }
    for (int i = arrays.offsets()[row]; i < arrays.offsets()[row + 1]; i++) {
      if (elements.isNull(i)) {
        throw new IllegalArgumentException(
            "element " + (i - arrays.offsets()[row]) + " is NULL; arrays hold no NULLs");
      }
      store.append(elements, i);
    }
    maxArrayLength = Math.max(maxArrayLength, length);
    arrayEnds.add(store.size());
  }

  /// Where the values go when row `rows[doc]` becomes document `doc`.
  RowLayout layout(RowOrder order) {
    int docCount = order.docCount();
    if (ends == null) {
      return new RowLayout(docCount, docCount, nulls.count(), positions(order), null);
    }
    int[] offsets = new int[docCount + 1];
    int[] positions = new int[store.size()];
    int next = 0;
    for (int doc = 0; doc < docCount; doc++) {
      int row = order.row(doc);
      for (int i = row == 0 ? 0 : ends.get(row - 1); i < ends.get(row); i++) {
        positions[next++] = i;
      }
      offsets[doc + 1] = next;
    }
    return new RowLayout(
        docCount, positions.length, 0, order.rows() == null ? null : positions, offsets);
  }

  private int @Nullable [] positions(RowOrder order) {
    if (nulls.count() == 0) {
      return order.rows();
    }
    int[] positions = new int[order.docCount()];
    for (int doc = 0; doc < positions.length; doc++) {
      int row = order.row(doc);
      positions[doc] = nulls.isNull(row) ? -1 : row;
    }
    return positions;
  }
}
