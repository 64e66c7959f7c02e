package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.DictionaryFormat;
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
  private final CompactLongs numbers = new CompactLongs();

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
  public boolean appendAll(Values source) {
    if (!(source instanceof BytesValues values) || type == DataType.UUID) {
      return false;
    }
    byte[] bytes = values.bytes();
    int[] offsets = values.offsets();
    long[] interned = new long[values.count()];
    for (int i = 0; i < interned.length; i++) {
      int start = offsets[i];
      int end = offsets[i + 1];
      // Neighbours are often equal, which is seen faster than looked up.
      interned[i] =
          i > 0
                  && start - offsets[i - 1] == end - start
                  && InternedRanges.isSame(bytes, offsets[i - 1], bytes, start, end - start)
              ? interned[i - 1]
              : ranges.intern(bytes, start, end - start);
    }
    numbers.addAll(interned, interned.length);
    return true;
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

  @Override
  public OrderedValues ordered(RowLayout layout) {
    BigDecimal[] forms = null;
    if (type.representation() == Representation.DECIMAL) {
      forms = decimalForms();
      if (ranges.size() == 0) {
        // Only now, as their forms may change until the last row.
        for (BigDecimal form : forms) {
          byte[] bytes = DictionaryFormat.encode(form);
          ranges.add(bytes, 0, bytes.length);
        }
      }
    }
    return new OrderedRanges(ranges, forms, ordered(numbers, layout), layout);
  }

  private static int[] ordered(CompactLongs numbers, RowLayout layout) {
    long[] wide = numbers.ordered(layout);
    int[] ordered = new int[wide.length];
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = (int) wide[i];
    }
    return ordered;
  }

  private BigDecimal[] decimalForms() {
    BigDecimal[] forms = new BigDecimal[decimals.size()];
    decimals.values().forEach(kept -> forms[kept.number] = kept.form);
    return forms;
  }
}
