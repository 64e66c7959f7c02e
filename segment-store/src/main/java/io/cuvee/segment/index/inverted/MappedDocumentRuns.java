package io.cuvee.segment.index.inverted;

import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.memory.NativeMemory;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedInts;

/// A mapped inverted index in the form of [DocumentRuns]. Thread-safe; allocates nothing.
public final class MappedDocumentRuns implements InvertedIndex {
  private final PackedInts firsts;
  private final PackedInts starts;
  private final PackedInts lengths;

  /// @param address of the buffer
  public MappedDocumentRuns(long address, int cardinality) {
    int runs = NativeMemory.intAt(address);
    int firstWidth = NativeMemory.intAt(address + 4);
    int startWidth = NativeMemory.intAt(address + 8);
    int firstCount = firstWidth == 0 ? 0 : cardinality + 1;
    long ofFirsts = address + DocumentRuns.HEADER_BYTES;
    long ofStarts = ofFirsts + PackedFormat.sizeBytes(firstCount, firstWidth);
    long ofLengths = ofStarts + PackedFormat.sizeBytes(runs, startWidth);
    firsts = new PackedInts(ofFirsts, firstWidth, firstCount);
    starts = new PackedInts(ofStarts, startWidth, runs);
    lengths = new PackedInts(ofLengths, NativeMemory.intAt(address + 12), runs);
  }

  /// The first run of a dictId; with that of the next where its runs end.
  private int first(int dictId) {
    return firsts.width() == 0 ? dictId : firsts.get(dictId);
  }

  @Override
  public int docCount(int dictId) {
    int count = 0;
    int end = first(dictId + 1);
    for (int run = first(dictId); run < end; run++) {
      count += lengths.get(run) + 1;
    }
    return count;
  }

  @Override
  public boolean contains(int dictId, int doc) {
    int end = first(dictId + 1);
    int run = find(first(dictId), end, doc);
    return run < end && starts.get(run) <= doc;
  }

  @Override
  public boolean orInto(int dictId, int fromDoc, int count, long[] words) {
    int end = first(dictId + 1);
    boolean any = false;
    for (int run = find(first(dictId), end, fromDoc); run < end; run++) {
      int start = starts.get(run) - fromDoc;
      if (start >= count) {
        break;
      }
      int stop = Math.min(count, start + lengths.get(run) + 1);
      set(words, Math.max(0, start), stop);
      any = true;
    }
    return any;
  }

  /// The first of the runs `[from, end)` that ends at or after a document.
  private int find(int from, int end, int doc) {
    int low = from;
    int high = end;
    while (low < high) {
      int middle = low + high >>> 1;
      if (starts.get(middle) + lengths.get(middle) < doc) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static void set(long[] words, int from, int to) {
    for (int at = from; at < to; ) {
      int stop = Math.min(to, (at | 63) + 1);
      words[at >>> 6] |= -1L << at & -1L >>> -stop;
      at = stop;
    }
  }
}
