package io.cuvee.engine.scan;

import io.cuvee.segment.column.InvertedIndex;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What inverted indexes say about the morsel that a worker is at: a bit a row for each condition
/// that reads one, from when it is first asked for. Not thread-safe.
public final class IndexedRows {
  private static final int NOTHING = -1;

  /// Up to so many documents are looked up one by one.
  private static final int FEW_DOCS = 16;

  private final BlockBuffers buffers;
  private long[][] words = {};
  private int[] morsels = {};
  private boolean[] hasRows = {};
  private long[] common = {};
  private int docCount;
  private int listedTo;

  IndexedRows(BlockBuffers buffers) {
    this.buffers = buffers;
  }

  void open(int newDocCount, int indexes) {
    docCount = newDocCount;
    if (words.length < indexes) {
      words = new long[indexes][];
      morsels = new int[indexes];
      hasRows = new boolean[indexes];
    }
    Arrays.fill(morsels, NOTHING);
  }

  private static int morsel(int docId) {
    return docId / Block.MORSEL_ROWS * Block.MORSEL_ROWS;
  }

  private long[] words(int index, InvertedIndex inverted, int[] dictIds, int morsel) {
    long[] buffer = words[index];
    if (buffer == null) {
      buffer = words[index] = buffers.morselBits();
    }
    if (morsels[index] != morsel) {
      if (hasRows[index]) {
        Arrays.fill(buffer, 0);
      }
      int rows = Math.min(Block.MORSEL_ROWS, docCount - morsel);
      boolean any = false;
      for (int dictId : dictIds) {
        any |= inverted.orInto(dictId, morsel, rows, buffer);
      }
      hasRows[index] = any;
      morsels[index] = morsel;
    }
    return buffer;
  }

  /// Narrows a block's mask to the documents that an index lists under any of `dictIds`. The index
  /// is read once a morsel.
  ///
  /// @param index which of the filter's conditions on indexes this is
  public void narrow(int index, InvertedIndex inverted, int[] dictIds, Block block, long[] mask) {
    int morsel = morsel(block.fromDoc());
    long[] listed = words(index, inverted, dictIds, morsel);
    int base = block.fromDoc() - morsel >>> 6;
    for (int w = 0; w < block.wordCount(); w++) {
      mask[w] &= listed[base + w];
    }
  }

  /// The first document in `[from, to)`, all of one morsel, that an index lists under any of
  /// `dictIds`, rounded down to a multiple of 64; `to` if there is none.
  public int next(int index, InvertedIndex inverted, int[] dictIds, int from, int to) {
    int morsel = morsel(from);
    long[] listed = words(index, inverted, dictIds, morsel);
    if (!hasRows[index]) {
      return to;
    }
    int last = to - 1 - morsel >>> 6;
    for (int w = from - morsel >>> 6; w <= last; w++) {
      if (listed[w] != 0) {
        return Math.max(from, morsel + (w << 6));
      }
    }
    return to;
  }

  /// The documents of a morsel that an index lists under any of `dictIds`, one bit each; absent if
  /// there are none.
  ///
  /// @param docId any of the morsel
  public long @Nullable [] listed(int index, InvertedIndex inverted, int[] dictIds, int docId) {
    long[] listed = words(index, inverted, dictIds, morsel(docId));
    return hasRows[index] ? listed : null;
  }

  /// The documents of `[from, to)`, all of one morsel, whose bits are set in both; valid until the
  /// next call, which may be given it.
  public long[] common(long[] one, long[] other, int from, int to) {
    if (common.length == 0) {
      common = buffers.morselBits();
    }
    int morsel = morsel(from);
    int last = to - 1 - morsel >>> 6;
    for (int w = from - morsel >>> 6; w <= last; w++) {
      common[w] = one[w] & other[w];
    }
    return common;
  }

  /// Writes the first documents of `[from, to)`, all of one morsel, whose bits are set: whole words
  /// of them, as many as fit.
  ///
  /// @param listed of the morsel
  /// @param others of the morsel, whose bits must be set too
  /// @param out [Block#ROWS] long
  /// @return how many; [#listedTo()] says how far that goes
  public int list(long[] listed, long @Nullable [] others, int from, int to, int[] out) {
    int morsel = morsel(from);
    int found = 0;
    int first = from - morsel >>> 6;
    int last = to - 1 - morsel >>> 6;
    int w = first;
    for (; w <= last && found <= Block.ROWS - Long.SIZE; w++) {
      long bits = others == null ? listed[w] : listed[w] & others[w];
      if (w == first) {
        bits &= -1L << from;
      }
      if (w == last && (to & 63) != 0) {
        bits &= (1L << to) - 1;
      }
      if (bits != 0) {
        found = Kernels.positions(bits, morsel + (w << 6), out, found);
      }
    }
    listedTo = w > last ? to : morsel + (w << 6);
    return found;
  }

  /// As [#list] for the documents that an index has under `dictId`.
  ///
  /// @return how many, or [InvertedIndex#NOT_LISTED] if the index does not have them one by one
  public int list(
      InvertedIndex inverted, int dictId, long @Nullable [] others, int from, int to, int[] out) {
    int found = inverted.list(dictId, from, to, others, out);
    listedTo = found == out.length ? out[found - 1] + 1 : to;
    return found;
  }

  /// As [#list] that finds nothing up to `to`.
  public int listNone(int to) {
    listedTo = to;
    return 0;
  }

  /// Up to which document, exclusive, the last list goes.
  public int listedTo() {
    return listedTo;
  }

  /// Keeps those of ascending documents of a morsel that an index lists under any of `dictIds`.
  ///
  /// @return how many are left
  public int keep(int index, InvertedIndex inverted, int[] dictIds, int[] docIds, int docs) {
    if (docs == 0) {
      return 0;
    }
    int morsel = morsel(docIds[0]);
    if (docs <= FEW_DOCS && dictIds.length == 1 && morsels[index] != morsel) {
      return keepFew(inverted, dictIds[0], docIds, docs);
    }
    long[] listed = words(index, inverted, dictIds, morsel);
    if (!hasRows[index]) {
      return 0;
    }
    int kept = 0;
    for (int i = 0; i < docs; i++) {
      int docId = docIds[i];
      docIds[kept] = docId;
      kept += (int) (listed[docId - morsel >>> 6] >>> docId & 1);
    }
    return kept;
  }

  private static int keepFew(InvertedIndex inverted, int dictId, int[] docIds, int docs) {
    int kept = 0;
    for (int i = 0; i < docs; i++) {
      if (inverted.contains(dictId, docIds[i])) {
        docIds[kept++] = docIds[i];
      }
    }
    return kept;
  }
}
