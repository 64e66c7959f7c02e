package io.cuvee.segment.index.range;

import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import java.util.Arrays;

/// The layout of range indexes, and their writer.
///
/// The keys ([RangeIndex]) of all values, in order, are cut into at most [#MAX_BUCKETS] buckets of
/// about equal size, equal keys always into the same. For each bucket there are its smallest and
/// its largest key (64 bits each) and how many documents it lists (64 bits); and these documents,
/// as in an inverted index, by the number of the bucket. A document of an array column is in the
/// bucket of each of its elements; a document that is NULL is in none. A query takes whole buckets
/// as they are, and looks at the values only in the two at the edges of its interval.
public final class RangeIndexFormat {
  static final int BUCKET_BYTES = 24;

  /// With more, fewer rows lie in the buckets at the edges, and more bitmaps are put together.
  private static final int MAX_BUCKETS = 1024;

  /// Buckets of fewer rows than this cost more to find than to test.
  private static final int MIN_ROWS = 16;

  private RangeIndexFormat() {}

  /// Whether buffers of buckets and offsets may have these lengths together.
  public static boolean areLengths(long buckets, long offsets) {
    return buckets % BUCKET_BYTES == 0 && offsets == 8 * (buckets / BUCKET_BYTES + 1);
  }

  /// Whether such an index can be made: of columns with a dictionary, and of scalar numbers.
  public static boolean isPossible(SegmentColumn column) {
    Representation form = column.type().dataType().representation();
    return column.dictionary().isPresent()
        || !column.type().isArray()
            && (form == Representation.LONG || form == Representation.DOUBLE);
  }

  /// A long that orders as SQL orders doubles: -0.0 equals 0.0, NaN equals itself and is the
  /// largest.
  public static long sortable(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ bits >> 63 & Long.MAX_VALUE;
  }

  /// Writes the three buffers of the index of a column for which it [#isPossible].
  public static void write(SegmentColumn column, ColumnsWriter out) {
    Keys keys = Keys.of(column);
    long[] sorted = keys.keys().clone();
    Arrays.parallelSort(sorted);
    long[] mins = new long[MAX_BUCKETS];
    long[] maxs = new long[MAX_BUCKETS];
    int buckets = cut(sorted, mins, maxs);
    InvertedIndexFormat.Writer lists = new InvertedIndexFormat.Writer(buckets, sorted.length);
    long[] counts = new long[buckets];
    int[] lastDocs = new int[buckets];
    Arrays.fill(lastDocs, -1);
    for (int i = 0; i < sorted.length; i++) {
      int found = Arrays.binarySearch(mins, 0, buckets, keys.keys()[i]);
      int bucket = found >= 0 ? found : -found - 2;
      int doc = keys.docs()[i];
      if (lastDocs[bucket] != doc) {
        lastDocs[bucket] = doc;
        counts[bucket]++;
        lists.add(doc, bucket);
      }
    }
    lists.finish(out, column.name(), BufferKind.RANGE_BITMAPS, BufferKind.RANGE_OFFSETS);
    out.begin();
    for (int bucket = 0; bucket < buckets; bucket++) {
      out.putLong(mins[bucket]);
      out.putLong(maxs[bucket]);
      out.putLong(counts[bucket]);
    }
    out.end(column.name(), BufferKind.RANGE_BUCKETS);
  }

  /// Fills `mins` and `maxs`, and says how many buckets there are.
  private static int cut(long[] sorted, long[] mins, long[] maxs) {
    int step = Math.max(MIN_ROWS, (sorted.length + MAX_BUCKETS - 1) / MAX_BUCKETS);
    int buckets = 0;
    for (int from = 0; from < sorted.length; buckets++) {
      int to = Math.min(sorted.length, from + step);
      while (to < sorted.length && sorted[to] == sorted[to - 1]) {
        to++;
      }
      mins[buckets] = sorted[from];
      maxs[buckets] = sorted[to - 1];
      from = to;
    }
    return buckets;
  }

  /// The keys of all values of a column, and the document of each.
  ///
  /// @param docs ascending
  public record Keys(long[] keys, int[] docs) {
    private static final int PART_ROWS = 2048;

    public static Keys of(SegmentColumn column) {
      return column.type().isArray() ? ofElements(column) : ofScalars(column);
    }

    private static Keys ofScalars(SegmentColumn column) {
      int docCount = column.docCount();
      int count = docCount - column.statistics().nullCount();
      long[] keys = new long[count];
      int[] docs = new int[count];
      long[] part = new long[PART_ROWS];
      long[] valid = new long[PART_ROWS / 64];
      int[] ids = new int[PART_ROWS];
      double[] doubles = new double[PART_ROWS];
      boolean isDouble = column.type().dataType().representation() == Representation.DOUBLE;
      int at = 0;
      for (int from = 0; from < docCount; from += PART_ROWS) {
        int rows = Math.min(PART_ROWS, docCount - from);
        if (column.dictionary().isPresent()) {
          column.dictIds(from, rows, ids);
          for (int i = 0; i < rows; i++) {
            part[i] = ids[i];
          }
        } else if (isDouble) {
          column.doubles(from, rows, doubles);
          for (int i = 0; i < rows; i++) {
            part[i] = sortable(doubles[i]);
          }
        } else {
          column.longs(from, rows, part);
        }
        column.validity(from, rows, valid);
        for (int i = 0; i < rows; i++) {
          if ((valid[i >>> 6] >>> i & 1) != 0) {
            keys[at] = part[i];
            docs[at++] = from + i;
          }
        }
      }
      return new Keys(keys, docs);
    }

    private static Keys ofElements(SegmentColumn column) {
      int docCount = column.docCount();
      int[] ends = new int[docCount + 1];
      column.arrayOffsets(0, docCount, ends);
      int[] ids = new int[ends[docCount]];
      column.elementDictIds(0, ids.length, ids);
      long[] keys = new long[ids.length];
      int[] docs = new int[ids.length];
      for (int doc = 0; doc < docCount; doc++) {
        for (int i = ends[doc]; i < ends[doc + 1]; i++) {
          keys[i] = ids[i];
          docs[i] = doc;
        }
      }
      return new Keys(keys, docs);
    }
  }
}
