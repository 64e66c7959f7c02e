package io.cuvee.engine.filter;

import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.DictIdKernels;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.TableKernels;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.packing.NarrowInts;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows whose dictId is in a set; rows that are NULL do not pass.
final class DictIdCondition extends FilterNode {
  private static final int MOST_MEMBERS = 8;

  /// A table of so many dictIds is read faster in bytes than in bits; a larger one would leave the
  /// caches.
  private static final int MOST_MARKS = 1 << 16;

  /// Whole blocks of narrow dictIds are cheap.
  private static final int SPARSE_ROWS = 32;

  final int slot;
  final DictIdSet set;
  private final boolean hasNulls;
  private final double passRate;
  private final ZoneMap.@Nullable DictIds zones;

  /// The set, if it is no range and so small that comparing with each is faster than a table.
  private final int @Nullable [] members;

  /// The set in bytes, made when the first block needs it; threads may make it several times.
  private volatile byte @Nullable [] marks;

  DictIdCondition(
      int slot, DictIdSet set, boolean hasNulls, double passRate, ZoneMap.@Nullable DictIds zones) {
    this.slot = slot;
    this.set = set;
    this.hasNulls = hasNulls;
    this.passRate = passRate;
    this.zones = zones;
    this.members = set.isTable() && set.count() <= MOST_MEMBERS ? set.members() : null;
  }

  DictIdCondition with(DictIdSet newSet) {
    return new DictIdCondition(
        slot, newSet, hasNulls, (double) newSet.count() / newSet.size(), zones);
  }

  @Override
  public void narrow(Block block, long[] mask) {
    boolean blockHasNulls = hasNulls;
    if (zones != null) {
      int zone = block.fromDoc() / Block.ROWS;
      blockHasNulls = zones.nullCounts()[zone] > 0;
      int min = zones.minima()[zone];
      int max = zones.maxima()[zone];
      if (excludes(min, max)) {
        Arrays.fill(mask, 0);
        return;
      }
      if (!set.isTable() && holdsAll(min, max)) {
        if (blockHasNulls) {
          HasValue.narrow(block, slot, true, mask);
        }
        return;
      }
    }
    boolean decoded = block.hasDictIds(slot) || block.hasNarrowIds(slot);
    int sparse = decoded ? -1 : block.sparseRows(mask, SPARSE_ROWS);
    if (sparse >= 0) {
      narrowFew(block, sparse, mask);
    } else if (narrowed(block, mask)) {
      block.addScannedEntries(block.count());
    } else if (set.isTable()) {
      narrowTable(block, mask);
      block.addScannedEntries(block.count());
    } else {
      Kernels.narrowRange(
          block.dictIds(slot), block.wordCount(), set.lo(), set.hi(), set.negate(), mask);
      block.addScannedEntries(block.count());
    }
    if (blockHasNulls) {
      HasValue.narrow(block, slot, true, mask);
    }
  }

  @Override
  boolean keepsDocs() {
    return true;
  }

  @Override
  int keep(Block block, int[] docIds, int count) {
    int found = hasNulls ? HasValue.keep(block, slot, true, docIds, count) : count;
    int[] ids = block.scratchInts();
    block.column(slot).dictIds(docIds, found, ids);
    block.addScannedEntries(found);
    int kept = 0;
    for (int i = 0; i < found; i++) {
      int docId = docIds[i];
      docIds[kept] = docId;
      kept += set.contains(ids[i]) ? 1 : 0;
    }
    return kept;
  }

  @Override
  int next(Block block, int from, int to) {
    ZoneMap.DictIds known = zones;
    if (known == null) {
      return from;
    }
    int zone = from / Block.ROWS;
    while (zone * Block.ROWS < to && excludes(known.minima()[zone], known.maxima()[zone])) {
      zone++;
    }
    return Math.clamp((long) zone * Block.ROWS, from, to);
  }

  /// Whether no row of a block with this smallest and largest dictId passes.
  private boolean excludes(int min, int max) {
    return min > max || !set.isTable() && holdsNone(min, max);
  }

  /// Filters dictIds in bytes or shorts, if the column has such and the set is of the right kind.
  private boolean narrowed(Block block, long[] mask) {
    NarrowInts packed = block.packedIds(slot);
    if (packed == null
        || packed.laneBits() > 16
        || set.isTable() && members == null
        || set.lo() > set.hi() && !set.isTable()) {
      return false;
    }
    int words = block.wordCount();
    boolean bytes = packed.laneBits() == 8;
    if (members != null && bytes) {
      DictIdKernels.narrowMembers(block.byteIds(slot, packed), words, members, mask);
    } else if (members != null) {
      DictIdKernels.narrowMembers(block.shortIds(slot, packed), words, members, mask);
    } else if (bytes) {
      DictIdKernels.narrowRange(
          block.byteIds(slot, packed), words, set.lo(), set.hi(), set.negate(), mask);
    } else {
      DictIdKernels.narrowRange(
          block.shortIds(slot, packed), words, set.lo(), set.hi(), set.negate(), mask);
    }
    return true;
  }

  private void narrowTable(Block block, long[] mask) {
    int words = block.wordCount();
    byte[] flags = block.scratchBytes();
    if (set.size() > MOST_MARKS) {
      TableKernels.narrow(block.dictIds(slot), words, set.table(), mask);
      return;
    }
    NarrowInts packed = block.hasDictIds(slot) ? null : block.packedIds(slot);
    int lanes = packed == null ? Integer.SIZE : packed.laneBits();
    if (packed != null && lanes == Byte.SIZE) {
      TableKernels.narrow(block.byteIds(slot, packed), words, marks(), flags, mask);
    } else if (packed != null && lanes == Short.SIZE) {
      TableKernels.narrow(block.shortIds(slot, packed), words, marks(), flags, mask);
    } else {
      TableKernels.narrow(block.dictIds(slot), words, marks(), flags, mask);
    }
  }

  private byte[] marks() {
    byte[] known = marks;
    if (known == null) {
      known = set.marks();
      marks = known;
    }
    return known;
  }

  private boolean holdsNone(int min, int max) {
    return set.negate() ? min >= set.lo() && max <= set.hi() : max < set.lo() || min > set.hi();
  }

  private boolean holdsAll(int min, int max) {
    return set.negate() ? max < set.lo() || min > set.hi() : min >= set.lo() && max <= set.hi();
  }

  private void narrowFew(Block block, int rows, long[] mask) {
    if (rows == 0) {
      return;
    }
    int[] ids = block.sparseInts();
    int[] positions = block.sparsePositions();
    block.column(slot).dictIds(block.sparseDocIds(), rows, ids);
    block.addScannedEntries(rows);
    for (int i = 0; i < rows; i++) {
      if (!set.contains(ids[i])) {
        mask[positions[i] >>> 6] &= ~(1L << positions[i]);
      }
    }
  }

  @Override
  double cost() {
    return cost(set);
  }

  /// Nanoseconds a row, roughly, to look at all of them.
  static double cost(DictIdSet set) {
    return set.isTable() ? 0.8 : 0.25;
  }

  @Override
  double passRate() {
    return passRate;
  }

  @Override
  public String toString() {
    return "$" + slot + " dictIds " + set;
  }
}
