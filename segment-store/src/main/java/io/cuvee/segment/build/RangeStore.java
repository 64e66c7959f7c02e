package io.cuvee.segment.build;

import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.dictionary.DictionaryFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Values that are byte ranges, and decimals in the form of dictionary entries. Each distinct one
/// is kept once, or once a run where they are too many for the memory.
final class RangeStore implements ValueStore {
  private static final int UUID_BYTES = 16;
  private static final int MAX_DIGITS = 38;
  private static final int MAX_SCALE = 1000;
  private static final int MAX_UNSCALED_BITS = 3500;
  private static final int DECIMAL_OVERHEAD_BYTES = 160;

  private final DataType type;
  private final Scratch scratch;

  /// Distinct values that were moved to the scratch, with the positions before those of `ranges`.
  private final List<SortedRun> runs = new ArrayList<>();

  private InternedRanges ranges = new InternedRanges();

  /// For each value its number among the distinct ones of its run, in order of first sight; 0 for
  /// NULL.
  private final CompactLongs numbers;

  /// For decimals, by value without trailing zeros: the number, and the form that is kept.
  private final Map<BigDecimal, Kept> decimals = new HashMap<>();

  private @Nullable MergedRanges merged;

  RangeStore(DataType type, Scratch scratch) {
    this.type = type;
    this.scratch = scratch;
    this.numbers = new CompactLongs(scratch);
  }

  private static final class Kept {
    private final int number;
    private BigDecimal form;

    Kept(int number, BigDecimal form) {
      this.number = number;
      this.form = form;
    }
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
    return numbers.memoryBytes() + spillableBytes();
  }

  @Override
  public long spillableBytes() {
    return ranges.memoryBytes() + (long) decimals.size() * DECIMAL_OVERHEAD_BYTES;
  }

  /// What comes next begins a new run, so that numbers have no more to do with those before.
  @Override
  public void spill() {
    runs.add(SortedRun.write(numbers.size(), ranges(), order(), scratch));
    ranges = new InternedRanges();
    decimals.clear();
  }

  private boolean areDecimals() {
    return type.representation() == Representation.DECIMAL;
  }

  /// The distinct values that are in memory.
  private Ranges ranges() {
    if (areDecimals() && ranges.size() == 0) {
      // Only now, as their forms may change until the last row.
      for (BigDecimal form : decimalForms()) {
        byte[] bytes = DictionaryFormat.encode(form);
        ranges.add(bytes, 0, bytes.length);
      }
    }
    return ranges;
  }

  private IndexSort.Order order() {
    if (!areDecimals()) {
      return ranges.comparator();
    }
    BigDecimal[] forms = decimalForms();
    return (a, b) -> forms[a].compareTo(forms[b]);
  }

  @Override
  public OrderedValues ordered(RowLayout layout) {
    if (runs.isEmpty()) {
      return new OrderedRanges(
          ranges(), this::order, areDecimals(), numbers.orderedInts(layout), layout);
    }
    MergedRanges all = merged;
    if (all == null) {
      spill();
      all = new MergedRanges(runs, areDecimals(), scratch);
      merged = all;
    }
    return new OrderedRanges(
        all, all::comparator, areDecimals(), mergedNumbers(all, layout), layout);
  }

  private int[] mergedNumbers(MergedRanges all, RowLayout layout) {
    int[] targets = layout.targets();
    int[] ordered = new int[numbers.size()];
    int[] run = new int[1];
    numbers.forEach((from, values, count) -> {
      for (int i = 0; i < count; i++) {
        while (from + i >= runs.get(run[0]).end()) {
          run[0]++;
        }
        ordered[targets == null ? from + i : targets[from + i]] =
            all.number(run[0], (int) values[i]);
      }
    });
    return ordered;
  }

  private BigDecimal[] decimalForms() {
    BigDecimal[] forms = new BigDecimal[decimals.size()];
    decimals.values().forEach(kept -> forms[kept.number] = kept.form);
    return forms;
  }

  @Override
  public void close() {
    if (merged != null) {
      merged.close();
      merged = null;
    }
  }
}
