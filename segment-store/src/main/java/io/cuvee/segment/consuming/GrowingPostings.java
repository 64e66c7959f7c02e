package io.cuvee.segment.consuming;

import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.memory.NativeMemory;

/// DictId to documents while documents are added: a list of docIds for each dictId, which ascend
/// because documents do. A list that is full moves to a place of twice the size; readers of the old
/// place find all there that they may see. One writer, any number of readers.
final class GrowingPostings {
  /// Of a list: its address, its length, and for how many docIds there is room.
  private static final int HEAD = 16;

  private static final int LENGTH = 8;
  private static final int ROOM = 12;
  private static final int FIRST_ROOM = 4;

  private final GrowingMemory memory;
  private final Chunks heads;
  private long next;
  private long end;

  GrowingPostings(GrowingMemory memory) {
    this.memory = memory;
    this.heads = new Chunks(memory, HEAD);
  }

  /// For the writer: `doc` is not below any that was added; a second time it is left out.
  void add(int dictId, int doc) {
    long head = heads.place(dictId);
    int length = NativeMemory.intAt(head + LENGTH);
    int room = NativeMemory.intAt(head + ROOM);
    long docs = NativeMemory.longAt(head);
    if (length > 0 && NativeMemory.intAt(docs + (length - 1) * 4L) == doc) {
      return;
    }
    if (length == room) {
      room = Math.max(FIRST_ROOM, room * 2);
      long larger = allocate(room * 4L);
      NativeMemory.move(docs, larger, length * 4L);
      docs = larger;
      NativeMemory.putInt(head + ROOM, room);
      NativeMemory.putLongRelease(head, docs);
    }
    NativeMemory.putInt(docs + length * 4L, doc);
    NativeMemory.putIntRelease(head + LENGTH, length + 1);
  }

  private long allocate(long bytes) {
    int chunk = 1 << 16;
    if (bytes > chunk / 4) {
      return memory.allocate(bytes);
    }
    if (bytes > end - next) {
      next = memory.allocate(chunk);
      end = next + chunk;
    }
    long address = next;
    next += bytes;
    return address;
  }

  /// The first position in a list whose docId is not below `doc`.
  private static int position(long docs, int length, int doc) {
    int from = 0;
    int to = length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (NativeMemory.intAt(docs + middle * 4L) < doc) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  /// The lists as far as documents are below `rowCount`.
  InvertedIndex view(int rowCount) {
    return new InvertedIndex() {
      @Override
      public int docCount(int dictId) {
        long head = heads.address(dictId);
        // The length first: whatever place is read then has at least so many.
        int length = NativeMemory.intAcquire(head + LENGTH);
        return position(NativeMemory.longAcquire(head), length, rowCount);
      }

      @Override
      public boolean contains(int dictId, int doc) {
        long head = heads.address(dictId);
        int length = NativeMemory.intAcquire(head + LENGTH);
        long docs = NativeMemory.longAcquire(head);
        int position = position(docs, length, doc);
        return position < length && NativeMemory.intAt(docs + position * 4L) == doc;
      }

      @Override
      public boolean orInto(int dictId, int fromDoc, int count, long[] words) {
        long head = heads.address(dictId);
        int length = NativeMemory.intAcquire(head + LENGTH);
        long docs = NativeMemory.longAcquire(head);
        int first = position(docs, length, fromDoc);
        int last = position(docs, length, Math.min(fromDoc + count, rowCount));
        for (int i = first; i < last; i++) {
          int bit = NativeMemory.intAt(docs + i * 4L) - fromDoc;
          words[bit >>> 6] |= 1L << bit;
        }
        return last > first;
      }
    };
  }
}
