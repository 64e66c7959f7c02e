package io.cuvee.execution.page;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Values that are byte ranges (STRING and JSON in UTF-8, UUID, BYTES).
///
/// @param bytes holds all ranges
/// @param offsets `count + 1` positions in `bytes`, ascending; row `i` is `[offsets[i], offsets[i +
///   1])`
public record BytesValues(byte[] bytes, int[] offsets, int count, @Nullable Validity validity)
    implements Values {
  public static BytesValues of(String... texts) {
    BytesValuesBuilder builder = new BytesValuesBuilder(texts.length);
    for (String text : texts) {
      builder.append(text.getBytes(StandardCharsets.UTF_8));
    }
    return builder.build();
  }

  public int length(int row) {
    return offsets[row + 1] - offsets[row];
  }

  /// The bytes of a row, copied.
  public byte[] bytes(int row) {
    return Arrays.copyOfRange(bytes, offsets[row], offsets[row + 1]);
  }

  /// The text of a row.
  public String text(int row) {
    return new String(bytes, offsets[row], length(row), StandardCharsets.UTF_8);
  }

  /// Compares two rows by unsigned bytes, a prefix first.
  public int compare(int row, BytesValues other, int otherRow) {
    return Arrays.compareUnsigned(
        bytes,
        offsets[row],
        offsets[row + 1],
        other.bytes,
        other.offsets[otherRow],
        other.offsets[otherRow + 1]);
  }

  public boolean equals(int row, BytesValues other, int otherRow) {
    return Arrays.equals(
        bytes,
        offsets[row],
        offsets[row + 1],
        other.bytes,
        other.offsets[otherRow],
        other.offsets[otherRow + 1]);
  }

  @Override
  public BytesValues select(int[] rows, int rowCount) {
    int[] selectedOffsets = new int[rowCount + 1];
    int total = 0;
    for (int i = 0; i < rowCount; i++) {
      total = Math.addExact(total, rows[i] < 0 ? 0 : length(rows[i]));
      selectedOffsets[i + 1] = total;
    }
    byte[] selected = new byte[total];
    for (int i = 0; i < rowCount; i++) {
      if (rows[i] >= 0) {
        System.arraycopy(bytes, offsets[rows[i]], selected, selectedOffsets[i], length(rows[i]));
      }
    }
    return new BytesValues(
        selected, selectedOffsets, rowCount, Validities.select(validity, rows, rowCount));
  }

  @Override
  public BytesValues slice(int from, int rowCount) {
    int start = offsets[from];
    int[] sliced = new int[rowCount + 1];
    for (int i = 0; i <= rowCount; i++) {
      sliced[i] = offsets[from + i] - start;
    }
    return new BytesValues(
        Arrays.copyOfRange(bytes, start, start + sliced[rowCount]),
        sliced,
        rowCount,
        Validities.slice(validity, from, rowCount));
  }

  @Override
  public @Nullable Object get(int row) {
    return isNull(row) ? null : bytes(row);
  }

  @Override
  public long sizeBytes() {
    return offsets[count] - offsets[0] + 4L * (count + 1) + Validities.sizeBytes(validity);
  }
}
