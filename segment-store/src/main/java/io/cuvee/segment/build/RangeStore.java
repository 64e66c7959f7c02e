package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/// Values that are byte ranges, and decimals in the form of dictionary entries. Each distinct one
/// is kept once.
final class RangeStore implements ValueStore {
  private static final int UUID_BYTES = 16;
  private static final int MAX_DIGITS = 38;
  private static final int MAX_SCALE = 1000;
  private static final int MAX_UNSCALED_BITS = 3500;
  private static final int DECIMAL_OVERHEAD_BYTES = 160;

  private final DataType type;
  private final InternedRanges ranges = new InternedRanges();

  /// For each value its number among the distinct ones, in order of first sight; 0 for NULL.
  private final IntChunks numbers = new IntChunks();

  /// For decimals, by value without trailing zeros: the number, and the form that is kept.
  private final Map<BigDecimal, Kept> decimals = new HashMap<>();

  private RangeStore(DataType type) {
    this.type = type;
  }

  private static final class Kept {
    private final int number;
    private BigDecimal form;

    Kept(int number, BigDecimal form) {
      this.number = number;
      this.form = form;
    }
  }

  static RangeStore of(DataType type) {
    return new RangeStore(type);
  }

  @Override
  public void append(Values source, int index) {
    if (type.representation() == Representation.DECIMAL) {
      appendDecimal(((DecimalValues) source).values()[index]);
      return;
    }
    BytesValues bytes = (BytesValues) source;
    int length = bytes.length(index);
    if (type == DataType.UUID && length != UUID_BYTES) {
      throw new IllegalArgumentException(
          "a value of " + length + " bytes is no UUID, which has 16");
    }
    numbers.add(ranges.intern(bytes.bytes(), bytes.offsets()[index], length));
  }

  private void appendDecimal(BigDecimal value) {
    // First what is cheap to know: taking the zeros off a huge number takes long.
    if (value.unscaledValue().bitLength() > MAX_UNSCALED_BITS) {
      throw new IllegalArgumentException(
          "a decimal of "
              + value.precision()
              + " digits is out of range, at most "
              + MAX_DIGITS
              + " are allowed");
    }
    BigDecimal key = value.stripTrailingZeros();
    if (key.precision() > MAX_DIGITS || Math.abs((long) value.scale()) > MAX_SCALE) {
      throw new IllegalArgumentException(
          "a decimal of "
              + key.precision()
              + " digits and scale "
              + value.scale()
              + " is out of range: at most "
              + MAX_DIGITS
              + " digits and a scale within "
              + MAX_SCALE
              + " are allowed");
    }
    Kept kept = decimals.get(key);
    if (kept == null) {
      kept = new Kept(decimals.size(), value);
      decimals.put(key, kept);
    } else if (value.scale() > kept.form.scale()) {
      kept.form = value;
    }
    numbers.add(kept.number);
  }

  @Override
  public void appendNull() {
    numbers.add(0);
  }

  @Override
  public int size() {
    return numbers.size();
  }

  @Override
  public long memoryBytes() {
    return numbers.memoryBytes()
        + ranges.memoryBytes()
        + (long) decimals.size() * DECIMAL_OVERHEAD_BYTES;
  }

  /// The distinct ranges by number. Decimals are encoded only now, as their forms may change until
  /// the last row.
  private InternedRanges finished() {
    if (ranges.size() == 0 && !decimals.isEmpty()) {
      BigDecimal[] forms = decimalForms();
      for (BigDecimal form : forms) {
        byte[] bytes = DictionaryFormat.encode(form);
        ranges.add(bytes, 0, bytes.length);
      }
    }
    return ranges;
  }

  private BigDecimal[] decimalForms() {
    BigDecimal[] forms = new BigDecimal[decimals.size()];
    decimals.values().forEach(kept -> forms[kept.number] = kept.form);
    return forms;
  }

  @Override
  public DistinctValues distinct(RowLayout layout) {
    InternedRanges all = finished();
    int[] sorted =
        type.representation() == Representation.DECIMAL
            ? IndexSort.sorted(all.size(), comparing(decimalForms()))
            : IndexSort.sorted(all.size(), all.comparator());
    return new Distinct(sorted, all);
  }

  private static IndexSort.Order comparing(BigDecimal[] forms) {
    return (a, b) -> forms[a].compareTo(forms[b]);
  }

  @Override
  public long rawBytes(RowLayout layout) {
    InternedRanges all = finished();
    long bytes = 0;
    for (int position : layout.positions()) {
      if (position >= 0) {
        bytes += all.length(numbers.get(position));
      }
    }
    return bytes + 4L * layout.positions().length;
  }

  @Override
  public RawForm writeRaw(ColumnsWriter out, String column, RowLayout layout) {
    InternedRanges all = finished();
    int entryBytes = all.commonLength();
    byte[] zeros = new byte[entryBytes];
    long total = 0;
    out.begin();
    for (int position : layout.positions()) {
      if (position >= 0) {
        int number = numbers.get(position);
        all.write(number, out);
        total += all.length(number);
      } else if (entryBytes > 0) {
        out.put(zeros, 0, entryBytes);
      }
    }
    out.end(column, BufferKind.BYTES);
    if (entryBytes > 0) {
      return new RawForm(entryBytes, 0);
    }
    boolean wide = total > 0xffff_ffffL;
    long offset = 0;
    out.begin();
    putOffset(out, offset, wide);
    for (int position : layout.positions()) {
      offset += position >= 0 ? all.length(numbers.get(position)) : 0;
      putOffset(out, offset, wide);
    }
    out.end(column, BufferKind.BYTE_OFFSETS);
    return new RawForm(0, wide ? 8 : 4);
  }

  private static void putOffset(ColumnsWriter out, long offset, boolean wide) {
    if (wide) {
      out.putLong(offset);
    } else {
      out.putInt((int) offset);
    }
  }

  private final class Distinct implements DistinctValues {
    private final int[] sorted;
    private final int[] rank;
    private final InternedRanges all;

    /// @param sorted numbers in the order of the dictionary
    Distinct(int[] sorted, InternedRanges all) {
      this.sorted = sorted;
      this.all = all;
      this.rank = new int[sorted.length];
      for (int i = 0; i < sorted.length; i++) {
        rank[sorted[i]] = i;
      }
    }

    @Override
    public int cardinality() {
      return sorted.length;
    }

    @Override
    public int dictId(int position) {
      return rank[numbers.get(position)];
    }

    @Override
    public Object value(int dictId) {
      byte[] bytes = all.get(sorted[dictId]);
      return type.representation() == Representation.DECIMAL
          ? DictionaryFormat.decode(bytes, 0, bytes.length)
          : bytes;
    }

    @Override
    public int entryBytes() {
      return all.commonLength();
    }

    @Override
    public long sizeBytes() {
      return all.totalLength();
    }

    @Override
    public void write(ColumnsWriter out, String column) {
      out.begin();
      for (int number : sorted) {
        all.write(number, out);
      }
      out.end(column, BufferKind.DICTIONARY_VALUES);
      if (entryBytes() > 0) {
        return;
      }
      int offset = 0;
      out.begin();
      out.putInt(0);
      for (int number : sorted) {
        offset += all.length(number);
        out.putInt(offset);
      }
      out.end(column, BufferKind.DICTIONARY_OFFSETS);
    }
  }
}
