package io.cuvee.segment.consuming;

import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ArrayValuedColumn;

/// A growing column with an array of values a document.
final class ArrayView extends ColumnView implements ArrayValuedColumn {
  ArrayView(GrowingColumn column, int docCount) {
    super(column, docCount);
  }

  @Override
  public void arrayOffsets(int fromDoc, int count, int[] out) {
    column.starts(fromDoc, count + 1, out);
  }

  @Override
  public void elementDictIds(int fromElement, int count, int[] out) {
    dictionaryValues().dictIds(fromElement, count, out);
  }

  @Override
  public Values values(int fromDoc, int count) {
    int[] ends = new int[count + 1];
    arrayOffsets(fromDoc, count, ends);
    int start = ends[0];
    for (int i = 0; i <= count; i++) {
      ends[i] -= start;
    }
    return new ArrayValues(
        values.values(start, ends[count], null),
        ends,
        count,
        column.nulls().validity(fromDoc, count));
  }

  @Override
  public Values values(int[] docIds, int count) {
    int[] ends = new int[count + 1];
    for (int i = 0; i < count; i++) {
      int length = column.start(docIds[i] + 1) - column.start(docIds[i]);
      ends[i + 1] = Math.addExact(ends[i], length);
    }
    int[] positions = new int[ends[count]];
    for (int i = 0; i < count; i++) {
      int start = column.start(docIds[i]) - ends[i];
      for (int j = ends[i]; j < ends[i + 1]; j++) {
        positions[j] = start + j;
      }
    }
    return new ArrayValues(
        values.values(positions, positions.length, null),
        ends,
        count,
        column.nulls().validity(docIds, count));
  }
}
