package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// DictIds, numbered as the values came, and the dictionary that grows with them. Where a row is
/// NULL the dictId is 0.
final class GrowingDictIds implements GrowingValues {
  private final Chunks chunks;
  private final GrowingDictionary dictionary;
  private final @Nullable GrowingPostings postings;
  private final int[] scratch = new int[SCRATCH];

  GrowingDictIds(
      GrowingMemory memory, GrowingDictionary dictionary, @Nullable GrowingPostings postings) {
    this.chunks = new Chunks(memory, Integer.BYTES);
    this.dictionary = dictionary;
    this.postings = postings;
  }

  GrowingDictionary dictionary() {
    return dictionary;
  }

  @Nullable GrowingPostings postings() {
    return postings;
  }

  @Override
  public void append(Values source, int from, int count, int position) {
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      dictionary.add(source, from + at, part, scratch);
      for (int i = 0; i < part; i++) {
        NativeMemory.putInt(chunks.place(position + at + i), scratch[i]);
      }
    }
  }

  void dictIds(int from, int count, int[] out) {
    for (int at = 0; at < count; ) {
      int part = Chunks.within(from + at, count - at);
      NativeMemory.copy(chunks.address(from + at), out, at, part);
      at += part;
    }
  }

  void dictIds(int[] positions, int count, int[] out) {
    for (int i = 0; i < count; i++) {
      out[i] = NativeMemory.intAt(chunks.address(positions[i]));
    }
  }

  int dictId(int position) {
    return NativeMemory.intAt(chunks.address(position));
  }

  @Override
  public Values values(int from, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(from, count, ids);
    return dictionary.values(ids, count, validity);
  }

  @Override
  public Values values(int[] positions, int count, @Nullable Validity validity) {
    int[] ids = new int[count];
    dictIds(positions, count, ids);
    return dictionary.values(ids, count, validity);
  }

  @Override
  public void longs(int from, int count, long[] out) {
    int[] ids = new int[Math.min(count, SCRATCH)];
    for (int at = 0; at < count; at += SCRATCH) {
      int part = Math.min(SCRATCH, count - at);
      dictIds(from + at, part, ids);
      dictionary.longs(ids, part, out, at);
    }
  }

  @Override
  public void longs(int[] positions, int count, long[] out) {
    int[] ids = new int[count];
    dictIds(positions, count, ids);
    dictionary.longs(ids, count, out, 0);
  }
}
