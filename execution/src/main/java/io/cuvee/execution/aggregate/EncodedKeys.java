package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keys of any columns, as bytes in which equal keys are equal: for each column 0 for NULL, else 1
/// and then 8 bytes of a long or of a double's bits, or the length and the bytes, or the length and
/// the elements of an array, or the scale and the digits of a decimal without trailing zeros.
///
/// Decimals and arrays are also kept as they came, because the bytes do not tell 1.0 from 1.00.
final class EncodedKeys implements KeyTable {
  private static final int KEPT_VALUE_BYTES = 64;
  private static final int KEPT_ELEMENT_BYTES = 16;

  private final List<ColumnType> types;
  private final Representation[] forms;
  private final @Nullable ValuesBuilder[] kept;
  private final int keptPerGroup;
  private final MemoryBudget budget;
  private final BytesTable table;
  private byte[] scratch = new byte[64];
  private int end;
  private long keptBytes;

  EncodedKeys(List<ColumnType> types, MemoryBudget budget) {
    this.types = List.copyOf(types);
    this.budget = budget;
    this.table = new BytesTable(budget);
    this.forms = new Representation[types.size()];
    this.kept = new ValuesBuilder[types.size()];
    int keptCount = 0;
    for (int c = 0; c < forms.length; c++) {
      forms[c] = types.get(c).dataType().representation();
      if (types.get(c).isArray() || forms[c] == Representation.DECIMAL) {
        kept[c] = ValuesBuilder.of(types.get(c), 16);
        keptCount++;
      }
    }
    this.keptPerGroup = keptCount * KEPT_VALUE_BYTES;
  }

  @Override
  public void lookup(List<Values> columns, int count, int[] groups, boolean add) {
    Values[] values = columns.toArray(new Values[0]);
    for (int i = 0; i < count; i++) {
      end = 0;
      for (int c = 0; c < values.length; c++) {
        encode(values[c], forms[c], i);
      }
      int before = table.count();
      groups[i] = table.find(scratch, 0, end, add);
      if (table.count() != before && keptPerGroup > 0) {
        keep(values, i);
      }
    }
  }

  private void keep(Values[] values, int row) {
    long bytes = keptPerGroup;
    for (int c = 0; c < kept.length; c++) {
      if (values[c] instanceof ArrayValues arrays) {
        bytes += (long) KEPT_ELEMENT_BYTES * arrays.length(row);
      }
    }
    budget.reserve(bytes);
    keptBytes += bytes;
    for (int c = 0; c < kept.length; c++) {
      ValuesBuilder builder = kept[c];
      if (builder != null) {
        builder.append(values[c], row);
      }
    }
  }

  private void encode(Values values, Representation form, int row) {
    if (values.isNull(row)) {
      room(1);
      scratch[end++] = 0;
      return;
    }
    room(9);
    scratch[end++] = 1;
    if (values instanceof ArrayValues arrays) {
      putLong(arrays.length(row));
      for (int i = arrays.offsets()[row]; i < arrays.offsets()[row + 1]; i++) {
        encode(arrays.elements(), form, i);
      }
      return;
    }
    switch (form) {
      case LONG -> putLong(((LongValues) values).values()[row]);
      case DOUBLE -> putLong(Hashing.bits(((DoubleValues) values).values()[row]));
      case BYTES -> {
        BytesValues bytes = (BytesValues) values;
        putBytes(bytes.bytes(), bytes.offsets()[row], bytes.length(row));
      }
      case DECIMAL -> {
        BigDecimal plain = ((DecimalValues) values).values()[row].stripTrailingZeros();
        putLong(plain.scale());
        byte[] digits = plain.unscaledValue().toByteArray();
        putBytes(digits, 0, digits.length);
      }
    }
  }

  private void putLong(long value) {
    room(8);
    Hashing.putLong(scratch, end, value);
    end += 8;
  }

  private void putBytes(byte[] source, int from, int length) {
    putLong(length);
    room(length);
    System.arraycopy(source, from, scratch, end, length);
    end += length;
  }

  private void room(int more) {
    int needed = end + more;
    if (needed < 0) {
      throw Capacities.tooLarge();
    }
    if (needed > scratch.length) {
      scratch = Arrays.copyOf(scratch, Capacities.grow(scratch.length, needed));
    }
  }

  @Override
  public int groupCount() {
    return table.count();
  }

  @Override
  public List<Values> keys() {
    int count = table.count();
    ValuesBuilder[] builders = new ValuesBuilder[forms.length];
    for (int c = 0; c < forms.length; c++) {
      ValuesBuilder keptBuilder = kept[c];
      builders[c] = keptBuilder == null ? ValuesBuilder.of(types.get(c), count) : keptBuilder;
    }
    byte[] bytes = table.bytes();
    for (int i = 0; i < count; i++) {
      int at = table.offset(i);
      for (int c = 0; c < forms.length; c++) {
        at =
            kept[c] == null
                ? decode(bytes, at, builders[c])
                : skip(bytes, at, forms[c], types.get(c).isArray());
      }
    }
    List<Values> columns = new ArrayList<>(builders.length);
    for (ValuesBuilder builder : builders) {
      columns.add(builder.build());
    }
    return columns;
  }

  private static int decode(byte[] bytes, int at, ValuesBuilder builder) {
    if (bytes[at] == 0) {
      builder.appendNull();
      return at + 1;
    }
    long word = Hashing.getLong(bytes, at + 1);
    switch (builder) {
      case ValuesBuilder.Longs longs -> longs.append(word);
      case ValuesBuilder.Doubles doubles -> doubles.append(Double.longBitsToDouble(word));
      case BytesValuesBuilder ranges -> {
        ranges.append(bytes, at + 9, (int) word);
        return at + 9 + (int) word;
      }
      case ValuesBuilder.Decimals _, ValuesBuilder.Arrays1 _ ->
          throw new IllegalStateException("Decimals and arrays are kept, not decoded.");
    }
    return at + 9;
  }

  private static int skip(byte[] bytes, int at, Representation form, boolean array) {
    if (bytes[at] == 0) {
      return at + 1;
    }
    if (array) {
      int length = (int) Hashing.getLong(bytes, at + 1);
      int next = at + 9;
      for (int i = 0; i < length; i++) {
        next = skip(bytes, next, form, false);
      }
      return next;
    }
    return switch (form) {
      case LONG, DOUBLE -> at + 9;
      case BYTES -> at + 9 + (int) Hashing.getLong(bytes, at + 1);
      case DECIMAL -> at + 17 + (int) Hashing.getLong(bytes, at + 9);
    };
  }

  @Override
  public long sizeBytes() {
    return table.sizeBytes() + keptBytes;
  }
}
