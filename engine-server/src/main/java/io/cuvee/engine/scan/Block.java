package io.cuvee.engine.scan;

import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.NarrowInts;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One worker's view of the block of a segment that it is at: columns are decoded when they are
/// first asked for, into buffers that live as long as the block. Returned arrays are valid until
/// the next [#start] and must not be changed; they are [#ROWS] long, beyond the block's rows their
/// content is arbitrary but within the column's range. Not thread-safe.
public final class Block {
  /// Rows of a whole block.
  public static final int ROWS = 2048;

  /// Words of a mask over a block.
  public static final int WORDS = ROWS / 64;

  /// Rows of a morsel, the unit of work.
  public static final int MORSEL_ROWS = 65_536;

  /// The most rows that [#sparseRows] takes.
  public static final int SPARSE_ROWS = 128;

  private static final int NOTHING = -1;

  private final BlockBuffers buffers;
  private final IndexedRows indexed;
  private SegmentColumn[] columns;
  private final @Nullable NarrowInts[] packedIds;
  private final @Nullable FramedLongs[] frames;
  private final @Nullable Dictionary[] packedDictionaries;
  private final int[][] ids;
  private final byte[][] byteIds;
  private final short[][] shortIds;
  private final int[][] ints;
  private final long[][] longs;
  private final double[][] doubles;
  private final long[][] validity;
  private final int[] idsAt;
  private final int[] narrowIdsAt;
  private final int[] intsAt;
  private final int[] longsAt;
  private final int[] doublesAt;
  private final int[] validityAt;
  private long[][] masks = new long[4][];
  private int maskDepth;
  private final int[] sparsePositions = new int[SPARSE_ROWS];
  private final int[] sparseDocIds = new int[SPARSE_ROWS];
  private final int[] sparseInts = new int[SPARSE_ROWS];
  private final long[] sparseLongs = new long[SPARSE_ROWS];
  private final int[] offsets = new int[ROWS + 1];
  private final int[] scratchInts;
  private long[] scratchLongs = {};
  private byte[] scratchBytes = {};
  private long scannedEntries;
  private int fromDoc = NOTHING;
  private int count;

  /// @param slots how many columns a query reads
  /// @param buffers of this worker, for this query alone
  public Block(int slots, BlockBuffers buffers) {
    this.buffers = buffers;
    indexed = new IndexedRows(buffers);
    scratchInts = buffers.ints();
    columns = new SegmentColumn[slots];
    packedIds = new NarrowInts[slots];
    frames = new FramedLongs[slots];
    packedDictionaries = new Dictionary[slots];
    ids = new int[slots][];
    byteIds = new byte[slots][];
    shortIds = new short[slots][];
    ints = new int[slots][];
    longs = new long[slots][];
    doubles = new double[slots][];
    validity = new long[slots][];
    idsAt = new int[slots];
    narrowIdsAt = new int[slots];
    intsAt = new int[slots];
    longsAt = new int[slots];
    doublesAt = new int[slots];
    validityAt = new int[slots];
  }

  /// Moves to another segment.
  ///
  /// @param indexes how many inverted-index conditions its filter has
  public void open(List<SegmentColumn> newColumns, int newDocCount, int indexes) {
    columns = newColumns.toArray(SegmentColumn[]::new);
    for (int slot = 0; slot < columns.length; slot++) {
      SegmentColumn column = columns[slot];
      packedIds[slot] = column.packedDictIds().orElse(null);
      frames[slot] = column.framedLongs().orElse(null);
      packedDictionaries[slot] =
          packedIds[slot] != null && column.statistics().nullCount() == 0
              ? column.dictionary().orElse(null)
              : null;
    }
    forget();
    indexed.open(newDocCount, indexes);
    // A smaller dictionary must not see the larger ids that an earlier segment left behind.
    for (int[] buffer : ids) {
      if (buffer != null) {
        Arrays.fill(buffer, 0);
      }
    }
  }

  /// Moves to a block; `fromDoc` is a multiple of [#ROWS].
  public void start(int newFromDoc, int newCount) {
    fromDoc = newFromDoc;
    count = newCount;
    forget();
  }

  private void forget() {
    Arrays.fill(idsAt, NOTHING);
    Arrays.fill(narrowIdsAt, NOTHING);
    Arrays.fill(intsAt, NOTHING);
    Arrays.fill(longsAt, NOTHING);
    Arrays.fill(doublesAt, NOTHING);
    Arrays.fill(validityAt, NOTHING);
  }

  public int fromDoc() {
    return fromDoc;
  }

  public int count() {
    return count;
  }

  public int wordCount() {
    return count + 63 >>> 6;
  }

  /// Where whoever works on this block gets its own buffers from.
  public BlockBuffers buffers() {
    return buffers;
  }

  /// What indexes say about the morsel that the block is in. Needs no [#start].
  public IndexedRows indexed() {
    return indexed;
  }

  public int slots() {
    return ids.length;
  }

  public SegmentColumn column(int slot) {
    return columns[slot];
  }

  /// As [SegmentColumn#packedDictIds].
  public @Nullable NarrowInts packedIds(int slot) {
    return packedIds[slot];
  }

  /// As [SegmentColumn#framedLongs].
  public @Nullable FramedLongs frames(int slot) {
    return frames[slot];
  }

  /// The dictionary of a column without NULLs whose dictIds are packed, so that its values can be
  /// looked up for some rows without decoding all.
  @Nullable Dictionary packedDictionary(int slot) {
    return packedDictionaries[slot];
  }

  /// Whether [#dictIds] costs nothing now.
  public boolean hasDictIds(int slot) {
    return idsAt[slot] == fromDoc;
  }

  public boolean hasLongs(int slot) {
    return longsAt[slot] == fromDoc;
  }

  boolean hasDoubles(int slot) {
    return doublesAt[slot] == fromDoc;
  }

  public int[] dictIds(int slot) {
    int[] buffer = ids[slot];
    if (buffer == null) {
      buffer = ids[slot] = buffers.ints();
    }
    if (idsAt[slot] != fromDoc) {
      columns[slot].dictIds(fromDoc, count, buffer);
      idsAt[slot] = fromDoc;
    }
    return buffer;
  }

  /// Whether dictIds in bytes or shorts cost nothing now.
  public boolean hasNarrowIds(int slot) {
    return narrowIdsAt[slot] == fromDoc;
  }

  /// The dictIds as unsigned bytes, for a column whose packed dictIds have lanes of 8 bits.
  public byte[] byteIds(int slot, NarrowInts packed) {
    byte[] buffer = byteIds[slot];
    if (buffer == null) {
      buffer = byteIds[slot] = buffers.bytes();
    }
    if (narrowIdsAt[slot] != fromDoc) {
      packed.bytes(fromDoc / ROWS, buffer);
      narrowIdsAt[slot] = fromDoc;
    }
    return buffer;
  }

  /// The dictIds as unsigned shorts, for a column whose packed dictIds have lanes of 16 bits.
  public short[] shortIds(int slot, NarrowInts packed) {
    short[] buffer = shortIds[slot];
    if (buffer == null) {
      buffer = shortIds[slot] = buffers.shorts();
    }
    if (narrowIdsAt[slot] != fromDoc) {
      packed.shorts(fromDoc / ROWS, buffer);
      narrowIdsAt[slot] = fromDoc;
    }
    return buffer;
  }

  /// The values of a column that has [SegmentColumn#hasInts()].
  public int[] ints(int slot) {
    int[] buffer = ints[slot];
    if (buffer == null) {
      buffer = ints[slot] = buffers.ints();
    }
    if (intsAt[slot] != fromDoc) {
      columns[slot].ints(fromDoc, buffer);
      intsAt[slot] = fromDoc;
    }
    return buffer;
  }

  public long[] longs(int slot) {
    long[] buffer = longs[slot];
    if (buffer == null) {
      buffer = longs[slot] = buffers.longs();
    }
    if (longsAt[slot] != fromDoc) {
      columns[slot].longs(fromDoc, count, buffer);
      longsAt[slot] = fromDoc;
    }
    return buffer;
  }

  public double[] doubles(int slot) {
    double[] buffer = doubles[slot];
    if (buffer == null) {
      buffer = doubles[slot] = buffers.doubles();
    }
    if (doublesAt[slot] != fromDoc) {
      columns[slot].doubles(fromDoc, count, buffer);
      doublesAt[slot] = fromDoc;
    }
    return buffer;
  }

  /// Bits of rows that have a value.
  public long[] validity(int slot) {
    long[] buffer = validity[slot];
    if (buffer == null) {
      buffer = validity[slot] = new long[WORDS];
    }
    if (validityAt[slot] != fromDoc) {
      columns[slot].validity(fromDoc, count, buffer);
      validityAt[slot] = fromDoc;
    }
    return buffer;
  }

  /// Positions of the elements of the block's documents in an array column, one more than there are
  /// documents.
  public int[] arrayOffsets(int slot) {
    columns[slot].arrayOffsets(fromDoc, count, offsets);
    return offsets;
  }

  /// As long as a block; its content is the caller's.
  public int[] scratchInts() {
    return scratchInts;
  }

  /// As long as a block; its content is the caller's.
  public long[] scratchLongs() {
    if (scratchLongs.length == 0) {
      scratchLongs = buffers.longs();
    }
    return scratchLongs;
  }

  /// As long as a block; its content is the caller's.
  public byte[] scratchBytes() {
    if (scratchBytes.length == 0) {
      scratchBytes = buffers.bytes();
    }
    return scratchBytes;
  }

  /// Fills [#sparsePositions] and [#sparseDocIds] with the rows whose bits are set, for conditions
  /// that look at few rows one by one.
  ///
  /// @param most up to so many rows are cheaper to test one by one than a whole block is to decode;
  ///   at most [#SPARSE_ROWS]
  /// @return how many, or -1 if they are more
  public int sparseRows(long[] mask, int most) {
    if (Kernels.bitCount(mask, wordCount()) > most) {
      return -1;
    }
    int found = Kernels.positions(mask, wordCount(), sparsePositions);
    for (int i = 0; i < found; i++) {
      sparseDocIds[i] = fromDoc + sparsePositions[i];
    }
    return found;
  }

  public int[] sparsePositions() {
    return sparsePositions;
  }

  public int[] sparseDocIds() {
    return sparseDocIds;
  }

  /// Scratch for the dictIds of sparse rows.
  public int[] sparseInts() {
    return sparseInts;
  }

  /// Scratch for the values of sparse rows.
  public long[] sparseLongs() {
    return sparseLongs;
  }

  /// Counts values that a filter looked at.
  public void addScannedEntries(long entries) {
    scannedEntries += entries;
  }

  /// How many values filters have looked at since the last call.
  public long takeScannedEntries() {
    long taken = scannedEntries;
    scannedEntries = 0;
    return taken;
  }

  /// A mask for intermediate results; goes back with [#releaseMask].
  public long[] borrowMask() {
    if (maskDepth == masks.length) {
      masks = Arrays.copyOf(masks, maskDepth * 2);
    }
    long @Nullable [] mask = masks[maskDepth];
    if (mask == null) {
      mask = masks[maskDepth] = new long[WORDS];
    }
    maskDepth++;
    return mask;
  }

  /// Gives back the mask that was borrowed last.
  public void releaseMask() {
    maskDepth--;
  }
}
