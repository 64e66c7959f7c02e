package io.cuvee.segment.index.sorted;

import io.cuvee.segment.memory.NativeMemory;
import java.util.Arrays;

/// The mapped runs of a sorted column: dictId `i` has the documents `[start(i), start(i + 1))`;
/// NULLs follow the last. Layout: [io.cuvee.segment.format.BufferKind#RUNS]. Thread-safe; allocates
/// nothing.
public final class Runs {
  private final long address;
  private final int cardinality;

  /// @param cardinality at least 1
  public Runs(long address, int cardinality) {
    this.address = address;
    this.cardinality = cardinality;
  }

  public int start(int dictId) {
    return NativeMemory.intAt(address + dictId * 4L);
  }

  /// The dictId of a document; the last one for NULL.
  public int dictId(int doc) {
    return find(doc, 0);
  }

  private int find(int doc, int from) {
    int low = from;
    int high = cardinality - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (start(middle) <= doc) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /// The dictIds of consecutive documents.
  public void dictIds(int fromDoc, int count, int[] out) {
    int end = fromDoc + count;
    int dictId = count == 0 ? 0 : dictId(fromDoc);
    for (int doc = fromDoc; doc < end; dictId++) {
      int stop = dictId == cardinality - 1 ? end : Math.min(end, start(dictId + 1));
      Arrays.fill(out, doc - fromDoc, stop - fromDoc, dictId);
      doc = stop;
    }
  }

  /// The dictIds of the ascending documents `docs[from..from + count)`.
  public void dictIds(int[] docs, int from, int count, int[] out) {
    int dictId = 0;
    int end = -1;
    for (int i = 0; i < count; i++) {
      int doc = docs[from + i];
      if (doc >= end) {
        dictId = find(doc, dictId);
        end = dictId == cardinality - 1 ? Integer.MAX_VALUE : start(dictId + 1);
      }
      out[i] = dictId;
    }
  }
}
