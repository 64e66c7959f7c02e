package io.cuvee.engine.scan;

import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.dictionary.DoubleDictionary;
import io.cuvee.segment.dictionary.LongDictionary;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.NarrowInts;
import io.cuvee.segment.packing.VectorApi;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Selected rows and the values of columns at them, one after the other: those of one block, or few
/// of each of several blocks, which are collected first because a handful of rows does not pay for
/// a round of calls. Values are read for the selected rows alone if they are few, else cut out of
/// the decoded block. Returned arrays are valid until the next [#set] or [#setAdded] and hold
/// [#count()] values. Not thread-safe.
public final class Selection {
  /// Below one row in so many a block is not decoded whole.
  private static final int SPARSE = 32;

  private final Block block;
  private final int[] positions;
  private final int[] docIds;
  private final int[] scratch;
  private final int[][] ids;
  private final int[][] ints;
  private final long[][] longs;
  private final double[][] doubles;
  private final long[][] validity;
  private final boolean[] hasIds;
  private final boolean[] hasInts;
  private final boolean[] hasLongs;
  private final boolean[] hasDoubles;
  private final boolean[] hasValidity;
  private final @Nullable Values[] values;
  private final int[] added;
  private int addedCount;
  private long[] mask = {};
  private boolean hasPositions;
  private boolean hasDocIds;
  private boolean isScattered;
  private int count;

  public Selection(Block block) {
    this.block = block;
    positions = block.buffers().ints();
    docIds = block.buffers().ints();
    scratch = block.buffers().ints();
    added = block.buffers().ints();
    int slots = block.slots();
    ids = new int[slots][];
    ints = new int[slots][];
    longs = new long[slots][];
    doubles = new double[slots][];
    validity = new long[slots][];
    hasIds = new boolean[slots];
    hasInts = new boolean[slots];
    hasLongs = new boolean[slots];
    hasDoubles = new boolean[slots];
    hasValidity = new boolean[slots];
    values = new Values[slots];
  }

  /// Selects the rows whose bits are set. The mask must stay as it is as long as they are selected.
  public void set(long[] mask) {
    int words = block.wordCount();
    int selected = Kernels.bitCount(mask, words);
    count = selected;
    this.mask = mask;
    hasPositions = false;
    isScattered = false;
    forget();
  }

  /// Whether `selected` rows of a block are better added to those of others, which [#setAdded] will
  /// select all at once.
  public boolean isFew(int selected) {
    return selected * SPARSE < block.count();
  }

  /// Whether so many more rows can be added.
  public boolean hasRoom(int rows) {
    return addedCount + rows <= Block.ROWS;
  }

  /// Adds the rows of the block whose bits are set.
  public void add(long[] mask) {
    addedCount = Kernels.positions(mask, block.wordCount(), block.fromDoc(), added, addedCount);
  }

  /// Adds documents, in their order.
  public void add(int[] docs, int docCount) {
    System.arraycopy(docs, 0, added, addedCount, docCount);
    addedCount += docCount;
  }

  /// Selects the rows that were added, and has no added ones from then on.
  ///
  /// @return whether there are any
  public boolean setAdded() {
    count = addedCount;
    System.arraycopy(added, 0, docIds, 0, count);
    addedCount = 0;
    isScattered = true;
    forget();
    hasDocIds = true;
    return count > 0;
  }

  private void forget() {
    hasDocIds = false;
    Arrays.fill(hasIds, false);
    Arrays.fill(hasInts, false);
    Arrays.fill(hasLongs, false);
    Arrays.fill(hasDoubles, false);
    Arrays.fill(hasValidity, false);
    Arrays.fill(values, null);
  }

  public int count() {
    return count;
  }

  private boolean isAll() {
    return !isScattered && count == block.count();
  }

  /// Whether values are to be read one by one.
  private boolean isSparse() {
    return isScattered || count * SPARSE < block.count();
  }

  /// Whether the rows are of one block and enough for it to be decoded whole.
  public boolean isDense() {
    return !isSparse();
  }

  private int[] positions() {
    if (!hasPositions) {
      Kernels.positions(mask, block.wordCount(), positions);
      hasPositions = true;
    }
    return positions;
  }

  /// The documents that are selected, ascending.
  public int[] docIds() {
    if (!hasDocIds) {
      int from = block.fromDoc();
      if (isAll()) {
        for (int i = 0; i < count; i++) {
          docIds[i] = from + i;
        }
      } else {
        int[] selected = positions();
        for (int i = 0; i < count; i++) {
          docIds[i] = from + selected[i];
        }
      }
      hasDocIds = true;
    }
    return docIds;
  }

  public int[] dictIds(int slot) {
    if (isAll()) {
      return block.dictIds(slot);
    }
    int[] buffer = ids[slot];
    if (buffer == null) {
      buffer = ids[slot] = block.buffers().ints();
    }
    if (!hasIds[slot]) {
      if (isScattered || isSparse() && !block.hasDictIds(slot)) {
        block.column(slot).dictIds(docIds(), count, buffer);
      } else {
        gatherIds(slot, buffer);
      }
      hasIds[slot] = true;
    }
    return buffer;
  }

  /// By way of the narrowest form, because ids that nobody selected need not be widened.
  private void gatherIds(int slot, int[] out) {
    NarrowInts packed = block.hasDictIds(slot) ? null : block.packedIds(slot);
    if (packed != null && packed.laneBits() == Byte.SIZE) {
      Kernels.gather(block.byteIds(slot, packed), positions(), count, out);
    } else if (packed != null && packed.laneBits() == Short.SIZE) {
      Kernels.gather(block.shortIds(slot, packed), positions(), count, out);
    } else {
      Kernels.gather(block.dictIds(slot), positions(), count, out);
    }
  }

  public long[] longs(int slot) {
    if (isAll()) {
      return block.longs(slot);
    }
    long[] buffer = longs[slot];
    if (buffer == null) {
      buffer = longs[slot] = block.buffers().longs();
    }
    if (!hasLongs[slot]) {
      if (isScattered || isSparse() && !block.hasLongs(slot)) {
        block.column(slot).longs(docIds(), count, buffer);
      } else if (block.packedDictionary(slot) instanceof LongDictionary values) {
        values.gather(dictIds(slot), count, buffer, 0);
      } else {
        Kernels.gather(block.longs(slot), positions(), count, buffer);
      }
      hasLongs[slot] = true;
    }
    return buffer;
  }

  /// The values of a column that has [SegmentColumn#hasInts()], in half the space; only if
  /// [#isDense()].
  public int[] ints(int slot) {
    if (isAll()) {
      return block.ints(slot);
    }
    int[] buffer = ints[slot];
    if (buffer == null) {
      buffer = ints[slot] = block.buffers().ints();
    }
    if (!hasInts[slot]) {
      if (block.packedDictionary(slot) instanceof LongDictionary values) {
        values.gatherInts(dictIds(slot), count, buffer);
      } else {
        Kernels.gather(block.ints(slot), positions(), count, buffer);
      }
      hasInts[slot] = true;
    }
    return buffer;
  }

  /// Whether [#sum] can be asked: of a column that has sums, over rows that are a whole block, or
  /// many of one where vectors add them.
  public boolean hasSum(int slot) {
    return isDense()
        && !block.hasLongs(slot)
        && block.column(slot).hasBlockSums()
        && (count == Block.ROWS || maskedFrames(slot) != null);
  }

  /// The sum of a column over the selected rows, modulo 2^64.
  public long sum(int slot) {
    FramedLongs frames = count == Block.ROWS ? null : maskedFrames(slot);
    return frames == null
        ? block.column(slot).blockSum(block.fromDoc())
        : frames.sum(block.fromDoc() / Block.ROWS, block.wordCount(), mask);
  }

  private @Nullable FramedLongs maskedFrames(int slot) {
    FramedLongs frames = VectorApi.isActive() ? block.frames(slot) : null;
    return frames != null && frames.width(block.fromDoc() / Block.ROWS) < Integer.SIZE
        ? frames
        : null;
  }

  public double[] doubles(int slot) {
    if (isAll()) {
      return block.doubles(slot);
    }
    double[] buffer = doubles[slot];
    if (buffer == null) {
      buffer = doubles[slot] = block.buffers().doubles();
    }
    if (!hasDoubles[slot]) {
      if (isScattered || isSparse() && !block.hasDoubles(slot)) {
        block.column(slot).doubles(docIds(), count, buffer);
      } else if (block.packedDictionary(slot) instanceof DoubleDictionary values) {
        values.gather(dictIds(slot), count, buffer, 0);
      } else {
        Kernels.gather(block.doubles(slot), positions(), count, buffer);
      }
      hasDoubles[slot] = true;
    }
    return buffer;
  }

  /// Bits of the selected rows that have a value; absent if the column has no NULLs at all.
  public long @Nullable [] validity(int slot) {
    if (block.column(slot).statistics().nullCount() == 0) {
      return null;
    }
    if (isAll()) {
      return block.validity(slot);
    }
    long[] buffer = validity[slot];
    if (buffer == null) {
      buffer = validity[slot] = new long[Block.WORDS];
    }
    if (!hasValidity[slot]) {
      if (isScattered) {
        block.column(slot).validity(docIds, count, buffer);
      } else {
        Kernels.gatherBits(block.validity(slot), positions(), count, buffer);
      }
      hasValidity[slot] = true;
    }
    return buffer;
  }

  /// The column's values in the form of pages.
  public Values values(int slot) {
    Values cached = values[slot];
    if (cached == null) {
      SegmentColumn column = block.column(slot);
      cached = isAll() ? column.values(block.fromDoc(), count) : column.values(docIds(), count);
      values[slot] = cached;
    }
    return cached;
  }

  /// As [#validity], in the form of pages; valid until the next [#set] all the same.
  public @Nullable Validity sharedValidity(int slot) {
    long[] words = validity(slot);
    return words == null ? null : new Validity(words);
  }

  /// As long as a block; its content is the caller's.
  public int[] scratch() {
    return scratch;
  }
}
