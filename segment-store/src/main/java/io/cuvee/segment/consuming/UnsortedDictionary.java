package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;

/// The entries of a growing dictionary that the rows of one snapshot have.
abstract class UnsortedDictionary implements Dictionary {
  private final GrowingDictionary dictionary;
  private final int size;

  UnsortedDictionary(GrowingDictionary dictionary, int size) {
    this.dictionary = dictionary;
    this.size = size;
  }

  @Override
  public final boolean isSorted() {
    return false;
  }

  @Override
  public final int size() {
    return size;
  }

  @Override
  public final long[] below(Object value, boolean inclusive) {
    return dictionary.below(value, inclusive, size);
  }

  @Override
  public final Values values(int[] dictIds, int count) {
    return dictionary.values(dictIds, count, null);
  }

  @Override
  public final Values all() {
    return dictionary.all(size);
  }
}
