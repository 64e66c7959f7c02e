package io.cuvee.execution.page;

import java.util.Arrays;

/// Builds [BytesValues].
public final class BytesValuesBuilder extends ValuesBuilder {
  private byte[] bytes;
  private int[] offsets;

  public BytesValuesBuilder(int capacity) {
    bytes = new byte[Math.max(64, capacity * 8)];
    offsets = new int[Math.max(9, capacity + 1)];
  }

  public void append(byte[] value) {
    append(value, 0, value.length);
  }

  public void append(byte[] source, int offset, int length) {
    int end = offsets[count];
    int needed = Math.addExact(end, length);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, (int) Math.max(needed, Math.min(bytes.length * 2L, Integer.MAX_VALUE - 16)));
    }
    System.arraycopy(source, offset, bytes, end, length);
    endRow(needed);
    valid();
  }

  @Override
  void appendZero() {
    endRow(offsets[count]);
  }

  private void endRow(int end) {
    if (count + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }
    offsets[++count] = end;
  }

  @Override
  void appendValue(Values source, int row) {
    BytesValues values = (BytesValues) source;
    append(values.bytes(), values.offsets()[row], values.length(row));
  }

  @Override
  void appendNonNull(Object value) {
    append((byte[]) value);
  }

  @Override
  public BytesValues build() {
    return new BytesValues(bytes, Arrays.copyOf(offsets, count + 1), count, builtValidity());
  }
}
