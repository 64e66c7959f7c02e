package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.format.SegmentFormat;
import org.jspecify.annotations.Nullable;

/// What has come for one column so far.
final class CollectedColumn implements AutoCloseable {
  /// A value as it was collected, its dictId and its share of the distinct values.
  private static final int ENCODING_BYTES = 16;

  private final FieldSpec field;
  private final ValueStore store;
  private final NullBits nulls = new NullBits();

  /// For arrays, how many elements each row has.
  private final @Nullable CompactLongs lengths;

  private int maxArrayLength;

  CollectedColumn(FieldSpec field, Scratch scratch) {
    this.field = field;
    this.store = ValueStore.of(field.type(), scratch);
    this.lengths = field.type().isArray() ? new CompactLongs(scratch) : null;
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

  /// Heap that the column takes, roughly.
  long memoryBytes() {
    return store.memoryBytes()
        + nulls.memoryBytes()
        + (lengths == null ? 0 : lengths.memoryBytes());
  }

  /// Heap that writing the column takes, roughly.
  long encodingBytes(boolean hasInvertedIndex) {
    long bytesOfValue = ENCODING_BYTES + (hasInvertedIndex ? 2L * Integer.BYTES : 0);
    return store.memoryBytes() + store.size() * bytesOfValue;
  }

  /// Appends all rows of a page's column; the first of them is row `firstRow` of the input.
  void append(Values values, int firstRow) {
    if (lengths == null && !values.mayHaveNulls() && store.appendAll(values)) {
      return;
    }
    for (int i = 0; i < values.count(); i++) {
      try {
        if (values.isNull(i)) {
          appendNull(firstRow + i);
        } else if (lengths == null) {
          store.append(values, i);
        } else {
          appendArray((ArrayValues) values, i, lengths);
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
    if (lengths == null) {
      store.appendNull();
    } else {
      lengths.add(0);
    }
  }

  private void appendArray(ArrayValues arrays, int row, CompactLongs arrayLengths) {
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
    arrayLengths.add(length);
  }

  /// Where the values go when the rows become documents.
  RowLayout layout(RowOrder order) {
    int docCount = order.docCount();
    long[] nullDocs = nulls.byDocument(order);
    if (lengths == null) {
      return new RowLayout(docCount, docCount, nulls.count(), nullDocs, order.docs(), null);
    }
    int[] offsets = new int[docCount + 1];
    lengths.forEach((from, values, count) -> {
      for (int i = 0; i < count; i++) {
        offsets[order.doc(from + i) + 1] = (int) values[i];
      }
    });
    for (int doc = 0; doc < docCount; doc++) {
      offsets[doc + 1] += offsets[doc];
    }
    int[] targets = order.docs() == null ? null : targets(order, lengths, offsets);
    return new RowLayout(docCount, store.size(), 0, nullDocs, targets, offsets);
  }

  private int[] targets(RowOrder order, CompactLongs arrayLengths, int[] offsets) {
    int[] targets = new int[store.size()];
    int[] next = new int[1];
    arrayLengths.forEach((from, values, count) -> {
      int position = next[0];
      for (int i = 0; i < count; i++) {
        int target = offsets[order.doc(from + i)];
        for (int end = target + (int) values[i]; target < end; target++) {
          targets[position++] = target;
        }
      }
      next[0] = position;
    });
    return targets;
  }

  @Override
  public void close() {
    store.close();
  }
}
