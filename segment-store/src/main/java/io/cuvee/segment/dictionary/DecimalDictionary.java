package io.cuvee.segment.dictionary;

import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import java.math.BigDecimal;
import java.util.Arrays;

/// A mapped dictionary of decimals. Layout: [DictionaryFormat].
public final class DecimalDictionary implements Dictionary {
  private final BytesDictionary entries;
  private final CachedValues cached = new CachedValues();

  DecimalDictionary(BytesDictionary entries) {
    this.entries = entries;
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public int indexOf(Object value) {
    BigDecimal wanted = (BigDecimal) value;
    int low = 0;
    int high = size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = value(middle).compareTo(wanted);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }

  @Override
  public BigDecimal value(int dictId) {
    byte[] bytes = entries.value(dictId);
    return DictionaryFormat.decode(bytes, 0, bytes.length);
  }

  @Override
  public DecimalValues values(int[] dictIds, int count) {
    BigDecimal[] all = ((DecimalValues) all()).values();
    BigDecimal[] values = new BigDecimal[count];
    for (int i = 0; i < count; i++) {
      values[i] = all[dictIds[i]];
    }
    return new DecimalValues(values, count, null);
  }

  @Override
  public boolean isSame(Dictionary other) {
    return this == other || other instanceof DecimalDictionary that && entries.isSame(that.entries);
  }

  @Override
  public Values all() {
    return cached.get(() -> {
      BigDecimal[] values = new BigDecimal[size()];
      Arrays.setAll(values, this::value);
      return new DecimalValues(values, values.length, null);
    });
  }
}
