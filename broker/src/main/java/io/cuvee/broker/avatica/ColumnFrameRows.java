package io.cuvee.broker.avatica;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of a frame by column, for Cuvée's own driver: `application/vnd.cuvee.columns-v1`.
///
/// All numbers are little-endian. An answer is
///
/// | bytes | what |
/// |---|---|
/// | 4 | `CVC` and the version, 1 |
/// | 4 | how many bytes follow the checksum |
/// | 4 | CRC-32C of them |
/// | 1 | 1 if these are the result's last rows, else 0 |
/// | 4, then as many | length of the signature and the signature, in Avatica's JSON; 0 in answers to `fetch` |
/// | 4 | rows |
/// | 4 | columns; 0 if there are no rows and the answer was only to say that it is not ready |
/// | | the columns |
///
/// A column begins with a letter for its form and a byte that is 1 if a bit for each row follows,
/// the lowest of each byte first, which is set if the row has a value. What stands in place of a
/// NULL has no meaning. Then come, by form,
///
/// | form | type | what |
/// |---|---|---|
/// | `i` | BOOLEAN (0, 1), INTEGER, BIGINT, DATE (days), TIMESTAMP (milliseconds) | *wholes* |
/// | `f` | REAL | 4 bytes each |
/// | `d` | DOUBLE | 8 bytes each |
/// | `b` | VARCHAR, JSON (UTF-8), UUID (16 bytes), VARBINARY | *ranges* |
/// | `r` | VARCHAR, JSON | 4 bytes: count of the different texts; these as ranges; the position of each row's as wholes |
/// | `s` | DECIMAL | scales as wholes, unscaled values as wholes |
/// | `l` | DECIMAL | scales as wholes, unscaled values as ranges, in two's complement, big-endian |
/// | `a` | arrays | lengths as wholes, then one column of all elements |
///
/// *Wholes* are a byte for the width (0, 1, 2, 4 or 8), 8 bytes for the smallest value, and for
/// each value its difference from that in so many bytes, unsigned. *Ranges* are their lengths as
/// wholes and then their bytes one after the other.
final class ColumnFrameRows implements FrameRows {
  static final String MEDIA_TYPE = "application/vnd.cuvee.columns-v1";

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MAX_ROWS = 100_000;

  /// Digits that a `long` always holds.
  private static final int LONG_DIGITS = 18;

  private final List<OutputColumn> columns;
  private List<Part> parts = new ArrayList<>();
  private int rowCount;
  private long sizeBytes;
  private @Nullable ByteWriter encoded;
  private long[] scratch = new long[0];

  /// Rows of one page.
  private record Part(Page page, int from, int to) {}

  /// Values of one column of one page.
  private record Run(Values values, int from, int to) {
    int count() {
      return to - from;
    }
  }

  ColumnFrameRows(List<OutputColumn> columns) {
    this.columns = columns;
  }

  @Override
  public int maxRows() {
    return MAX_ROWS;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // Whether it is the same page, not one with the same rows.
  public void add(Page page, int from, int to) {
    if (from == to) {
      return;
    }
    Part last = parts.isEmpty() ? null : parts.getLast();
    if (last != null && last.page() == page && last.to() == from) {
      parts.set(parts.size() - 1, new Part(page, last.from(), to));
    } else {
      parts.add(new Part(page, from, to));
    }
    rowCount += to - from;
    for (Values values : page.columns()) {
      sizeBytes += sizeBytes(values, from, to);
    }
  }

  private static long sizeBytes(Values values, int from, int to) {
    return switch (values) {
      case LongValues _, DoubleValues _ -> 8L * (to - from);
      case DecimalValues _ -> 16L * (to - from);
      case BytesValues bytes -> bytes.offsets()[to] - bytes.offsets()[from] + 2L * (to - from);
      case ArrayValues array ->
          sizeBytes(array.elements(), array.offsets()[from], array.offsets()[to])
              + 2L * (to - from);
    };
  }

  @Override
  public int sizeBytes() {
    return encoded != null ? encoded.size() : (int) Math.min(Integer.MAX_VALUE, sizeBytes);
  }

  @Override
  public void finish() {
    ByteWriter out = new ByteWriter((int) Math.min(4 << 20, sizeBytes + 64L * columns.size() + 64));
    out.writeInt(rowCount).writeInt(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      List<Run> runs = new ArrayList<>(parts.size());
      for (Part part : parts) {
        runs.add(new Run(part.page().column(i), part.from(), part.to()));
      }
      writeColumn(out, columns.get(i).type(), runs, rowCount);
    }
    encoded = out;
    parts = List.of();
    scratch = new long[0];
  }

  /// The counts and the columns, once all rows were added.
  ByteWriter encoded() {
    ByteWriter out = encoded;
    if (out == null) {
      throw new IllegalStateException("The frame is not finished.");
    }
    return out;
  }

  private void writeColumn(ByteWriter out, ColumnType type, List<Run> runs, int count) {
    if (type.isArray()) {
      head(out, 'a', runs, count);
      writeArrays(out, type.elementType(), runs, count);
      return;
    }
    switch (type.dataType()) {
      case INT, LONG, BOOLEAN, TIMESTAMP, DATE, TIME -> {
        head(out, 'i', runs, count);
        writeLongs(out, runs, count);
      }
      case FLOAT -> {
        head(out, 'f', runs, count);
        writeFloats(out, runs, count);
      }
      case DOUBLE -> {
        head(out, 'd', runs, count);
        writeDoubles(out, runs, count);
      }
      case BIG_DECIMAL -> writeDecimals(out, runs, count);
      case STRING, JSON -> writeTexts(out, runs, count);
      case UUID, BYTES -> {
        head(out, 'b', runs, count);
        writeRanges(out, runs, count);
      }
    }
  }

  private static void head(ByteWriter out, char form, List<Run> runs, int count) {
    out.writeByte(form);
    boolean hasNulls = false;
    for (Run run : runs) {
      hasNulls |= run.values().mayHaveNulls();
    }
    out.writeBoolean(hasNulls);
    if (!hasNulls) {
      return;
    }
    byte[] bits = new byte[(count + 7) / 8];
    int row = 0;
    for (Run run : runs) {
      Validity validity = run.values().validity();
      for (int i = run.from(); i < run.to(); i++, row++) {
        if (validity == null || validity.isSet(i)) {
          bits[row >> 3] |= (byte) (1 << (row & 7));
        }
      }
    }
    out.writeRaw(bits, 0, bits.length);
  }

  // Numbers

  private long[] scratch(int count) {
    if (scratch.length < count) {
      scratch = new long[count];
    }
    return scratch;
  }

  private void writeLongs(ByteWriter out, List<Run> runs, int count) {
    long[] values = scratch(count);
    int row = 0;
    for (Run run : runs) {
      LongValues longs = (LongValues) run.values();
      System.arraycopy(longs.values(), run.from(), values, row, run.count());
      Validity validity = longs.validity();
      if (validity != null) {
        fillNulls(values, row, run, validity);
      }
      row += run.count();
    }
    writeWholes(out, values, count);
  }

  /// Puts some value of the same run in place of each NULL, so that they do not widen the rest.
  private static void fillNulls(long[] values, int start, Run run, Validity validity) {
    long some = 0;
    for (int i = run.from(); i < run.to(); i++) {
      if (validity.isSet(i)) {
        some = values[start + i - run.from()];
        break;
      }
    }
    for (int i = run.from(); i < run.to(); i++) {
      if (!validity.isSet(i)) {
        values[start + i - run.from()] = some;
      }
    }
  }

  private static void writeWholes(ByteWriter out, long[] values, int count) {
    long min = count == 0 ? 0 : Long.MAX_VALUE;
    long max = count == 0 ? 0 : Long.MIN_VALUE;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
      max = Math.max(max, values[i]);
    }
    int width = width(max - min);
    out.writeByte(width).writeLong(min);
    int start = out.extend(width * count);
    byte[] bytes = out.array();
    switch (width) {
      case 0 -> {}
      case 1 -> {
        for (int i = 0; i < count; i++) {
          bytes[start + i] = (byte) (values[i] - min);
        }
      }
      case 2 -> {
        for (int i = 0; i < count; i++) {
          SHORT.set(bytes, start + 2 * i, (short) (values[i] - min));
        }
      }
      case 4 -> {
        for (int i = 0; i < count; i++) {
          INT.set(bytes, start + 4 * i, (int) (values[i] - min));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          LONG.set(bytes, start + 8 * i, values[i] - min);
        }
      }
    }
  }

  /// @param range the largest difference, unsigned
  private static int width(long range) {
    int bits = Long.SIZE - Long.numberOfLeadingZeros(range);
    return bits == 0 ? 0 : bits <= 8 ? 1 : bits <= 16 ? 2 : bits <= 32 ? 4 : 8;
  }

  private static void writeFloats(ByteWriter out, List<Run> runs, int count) {
    int position = out.extend(4 * count);
    byte[] bytes = out.array();
    for (Run run : runs) {
      double[] values = ((DoubleValues) run.values()).values();
      for (int i = run.from(); i < run.to(); i++, position += 4) {
        INT.set(bytes, position, Float.floatToRawIntBits((float) values[i]));
      }
    }
  }

  private static void writeDoubles(ByteWriter out, List<Run> runs, int count) {
    int position = out.extend(8 * count);
    byte[] bytes = out.array();
    for (Run run : runs) {
      double[] values = ((DoubleValues) run.values()).values();
      for (int i = run.from(); i < run.to(); i++, position += 8) {
        LONG.set(bytes, position, Double.doubleToRawLongBits(values[i]));
      }
    }
  }

  private void writeDecimals(ByteWriter out, List<Run> runs, int count) {
    BigDecimal[] values = new BigDecimal[count];
    boolean isSmall = true;
    int row = 0;
    for (Run run : runs) {
      DecimalValues decimals = (DecimalValues) run.values();
      for (int i = run.from(); i < run.to(); i++) {
        BigDecimal value = decimals.isNull(i) ? BigDecimal.ZERO : decimals.values()[i];
        // As it is written: 1E+2 is 100.
        value = value.scale() < 0 ? value.setScale(0) : value;
        isSmall &= value.precision() <= LONG_DIGITS;
        values[row++] = value;
      }
    }
    head(out, isSmall ? 's' : 'l', runs, count);
    long[] numbers = scratch(count);
    for (int i = 0; i < count; i++) {
      numbers[i] = values[i].scale();
    }
    writeWholes(out, numbers, count);
    if (isSmall) {
      for (int i = 0; i < count; i++) {
        numbers[i] = values[i].unscaledValue().longValue();
      }
      writeWholes(out, numbers, count);
      return;
    }
    byte[][] unscaled = new byte[count][];
    for (int i = 0; i < count; i++) {
      unscaled[i] = values[i].unscaledValue().toByteArray();
      numbers[i] = unscaled[i].length;
    }
    writeWholes(out, numbers, count);
    for (byte[] bytes : unscaled) {
      out.writeRaw(bytes, 0, bytes.length);
    }
  }

  // Bytes

  private void writeTexts(ByteWriter out, List<Run> runs, int count) {
    TextDictionary dictionary = TextDictionary.ifWorthwhile(count);
    long[] positions = scratch(count);
    if (dictionary == null || !lookUp(dictionary, runs, positions)) {
      head(out, 'b', runs, count);
      writeRanges(out, runs, count);
      return;
    }
    head(out, 'r', runs, count);
    out.writeInt(dictionary.count());
    long[] lengths = new long[dictionary.count()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = dictionary.length(i);
    }
    writeWholes(out, lengths, lengths.length);
    for (int i = 0; i < lengths.length; i++) {
      out.writeRaw(dictionary.bytes(i), dictionary.start(i), dictionary.length(i));
    }
    writeWholes(out, positions, count);
  }

  /// @return whether all texts found a place
  private static boolean lookUp(TextDictionary dictionary, List<Run> runs, long[] positions) {
    int row = 0;
    for (Run run : runs) {
      BytesValues texts = (BytesValues) run.values();
      byte[] bytes = texts.bytes();
      int[] offsets = texts.offsets();
      for (int i = run.from(); i < run.to(); i++) {
        int position = dictionary.add(bytes, offsets[i], offsets[i + 1] - offsets[i]);
        if (position < 0) {
          return false;
        }
        positions[row++] = position;
      }
    }
    return true;
  }

  private void writeRanges(ByteWriter out, List<Run> runs, int count) {
    long[] lengths = scratch(count);
    int row = 0;
    for (Run run : runs) {
      row = lengths(((BytesValues) run.values()).offsets(), run, lengths, row);
    }
    writeWholes(out, lengths, count);
    for (Run run : runs) {
      BytesValues values = (BytesValues) run.values();
      int start = values.offsets()[run.from()];
      out.writeRaw(values.bytes(), start, values.offsets()[run.to()] - start);
    }
  }

  private static int lengths(int[] offsets, Run run, long[] lengths, int start) {
    for (int i = run.from(); i < run.to(); i++) {
      lengths[start + i - run.from()] = (long) offsets[i + 1] - offsets[i];
    }
    return start + run.count();
  }

  private void writeArrays(ByteWriter out, ColumnType element, List<Run> runs, int count) {
    long[] lengths = scratch(count);
    List<Run> elements = new ArrayList<>(runs.size());
    int row = 0;
    int elementCount = 0;
    for (Run run : runs) {
      ArrayValues arrays = (ArrayValues) run.values();
      row = lengths(arrays.offsets(), run, lengths, row);
      Run all =
          new Run(arrays.elements(), arrays.offsets()[run.from()], arrays.offsets()[run.to()]);
      elements.add(all);
      elementCount = Math.addExact(elementCount, all.count());
    }
    writeWholes(out, lengths, count);
    writeColumn(out, element, elements, elementCount);
  }

  /// The different texts of a column, as long as they are few.
  private static final class TextDictionary {
    /// A shorter column is as short without.
    private static final int MIN_ROWS = 64;

    private static final int ROWS_A_TEXT = 8;
    private static final int MAX_TEXTS = 1 << 14;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    private final int maxCount;
    private final int[] table;
    private final byte[][] bytes;
    private final int[] starts;
    private final int[] lengths;
    private int count;

    private TextDictionary(int maxCount) {
      this.maxCount = maxCount;
      this.table = new int[Integer.highestOneBit(maxCount) << 2];
      this.bytes = new byte[maxCount][];
      this.starts = new int[maxCount];
      this.lengths = new int[maxCount];
    }

    /// A dictionary that takes as many texts as pay for such a number of rows.
    static @Nullable TextDictionary ifWorthwhile(int rows) {
      return rows < MIN_ROWS ? null : new TextDictionary(Math.min(rows / ROWS_A_TEXT, MAX_TEXTS));
    }

    int count() {
      return count;
    }

    byte[] bytes(int position) {
      return bytes[position];
    }

    int start(int position) {
      return starts[position];
    }

    int length(int position) {
      return lengths[position];
    }

    /// The position of a text, which is added if it is new; -1 if there are too many.
    int add(byte[] from, int start, int length) {
      int slot = hash(from, start, length) & table.length - 1;
      while (true) {
        int position = table[slot] - 1;
        if (position < 0) {
          if (count == maxCount) {
            return -1;
          }
          bytes[count] = from;
          starts[count] = start;
          lengths[count] = length;
          count++;
          table[slot] = count;
          return count - 1;
        }
        int known = starts[position];
        if (lengths[position] == length
            && Arrays.equals(bytes[position], known, known + length, from, start, start + length)) {
          return position;
        }
        slot = slot + 1 & table.length - 1;
      }
    }

    private static int hash(byte[] bytes, int start, int length) {
      long hash = length;
      int end = start + length;
      int i = start;
      for (; i + 8 <= end; i += 8) {
        hash = mixed(hash ^ (long) LONG.get(bytes, i));
      }
      long rest = 0;
      for (; i < end; i++) {
        rest = rest << 8 | bytes[i] & 0xff;
      }
      return (int) mixed(hash ^ rest);
    }

    private static long mixed(long value) {
      long product = value * MULTIPLIER;
      return product ^ product >>> 32;
    }
  }
}
