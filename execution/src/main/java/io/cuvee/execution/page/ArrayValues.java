package io.cuvee.execution.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values that are arrays.
///
/// @param elements all elements one after the other, without NULLs
/// @param offsets `count + 1` positions in `elements`, ascending; row `i` is `[offsets[i],
///   offsets[i + 1])`
public record ArrayValues(Values elements, int[] offsets, int count, @Nullable Validity validity)
    implements Values {
  public int length(int row) {
    return offsets[row + 1] - offsets[row];
  }

  @Override
  public ArrayValues select(int[] rows, int rowCount) {
    int[] selectedOffsets = new int[rowCount + 1];
    for (int i = 0; i < rowCount; i++) {
      selectedOffsets[i + 1] = Math.addExact(selectedOffsets[i], rows[i] < 0 ? 0 : length(rows[i]));
    }
    int[] positions = new int[selectedOffsets[rowCount]];
    for (int i = 0; i < rowCount; i++) {
      for (int j = selectedOffsets[i]; j < selectedOffsets[i + 1]; j++) {
        positions[j] = offsets[rows[i]] + j - selectedOffsets[i];
      }
    }
    return new ArrayValues(
        elements.select(positions, positions.length),
        selectedOffsets,
        rowCount,
        Validities.select(validity, rows, rowCount));
  }

  @Override
  public ArrayValues slice(int from, int rowCount) {
    int start = offsets[from];
    int[] sliced = Arrays.copyOfRange(offsets, from, from + rowCount + 1);
    for (int i = 0; i <= rowCount; i++) {
      sliced[i] -= start;
    }
    return new ArrayValues(
        elements.slice(start, sliced[rowCount]),
        sliced,
        rowCount,
        Validities.slice(validity, from, rowCount));
  }

  @Override
  public @Nullable Object get(int row) {
    if (isNull(row)) {
      return null;
    }
    List<@Nullable Object> list = new ArrayList<>(length(row));
    for (int i = offsets[row]; i < offsets[row + 1]; i++) {
      list.add(elements.get(i));
    }
    return list;
  }

  @Override
  public long sizeBytes() {
    return elements.sizeBytes() + 4L * (count + 1) + Validities.sizeBytes(validity);
  }
}
