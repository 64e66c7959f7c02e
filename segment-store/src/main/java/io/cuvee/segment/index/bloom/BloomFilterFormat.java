package io.cuvee.segment.index.bloom;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;

/// The layout of Bloom filters, and their writer.
///
/// A split block filter after Putze, Sanders and Singler, "Cache-, hash- and space-efficient Bloom
/// filters" (2009), as Parquet has it: blocks of eight 32-bit words, little-endian. A value with
/// the 64-bit hash `h` ([ValueHash]) belongs to block `(h >>> 32) * blocks >>> 32` and sets in its
/// word `i` the bit `(int) h * SALT[i] >>> 27`. A look-up reads one block.
public final class BloomFilterFormat {
  public static final int BLOCK_BYTES = 32;

  private static final int WORDS = BLOCK_BYTES / Integer.BYTES;
  private static final int MAX_BLOCKS = (1 << 28) / BLOCK_BYTES;
  private static final int PART_ROWS = 2048;

  private static final int[] SALT = {
    0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31
  };

  private BloomFilterFormat() {}

  /// Whether a buffer may have this length.
  public static boolean isLength(long bytes) {
    return bytes > 0 && bytes % BLOCK_BYTES == 0 && bytes / BLOCK_BYTES <= MAX_BLOCKS;
  }

  /// Bytes of the filter of a column: as few as keep the share of false positives, but no more than
  /// the config allows and at least one block.
  public static long length(SegmentColumn column, BloomFilterConfig config) {
    ColumnStatistics statistics = column.statistics();
    long values = statistics.cardinality() >= 0 ? statistics.cardinality() : column.docCount();
    double bitsPerValue = -WORDS / Math.log(1 - Math.pow(config.fpp(), 1.0 / WORDS));
    long blocks = (long) Math.ceil(values * bitsPerValue / (BLOCK_BYTES * Byte.SIZE));
    long most = config.maxBytes() > 0 ? config.maxBytes() / BLOCK_BYTES : MAX_BLOCKS;
    return (long) BLOCK_BYTES * Math.clamp(blocks, 1, Math.clamp(most, 1, MAX_BLOCKS));
  }

  /// The words of the filter over all values of a column.
  ///
  /// @param bytes its length
  public static int[] words(SegmentColumn column, long bytes) {
    int[] words = new int[(int) (bytes / Integer.BYTES)];
    if (column.dictionary().isPresent()) {
      Dictionary dictionary = column.dictionary().get();
      for (int id = 0; id < dictionary.size(); id++) {
        add(words, ValueHash.of(dictionary.value(id)));
      }
      return words;
    }
    for (int from = 0; from < column.docCount(); from += PART_ROWS) {
      Values values = column.values(from, Math.min(PART_ROWS, column.docCount() - from));
      Values each = values instanceof ArrayValues arrays ? arrays.elements() : values;
      for (int i = 0; i < each.count(); i++) {
        Object value = each.get(i);
        if (value != null) {
          add(words, ValueHash.of(value));
        }
      }
    }
    return words;
  }

  /// Writes [BufferKind#BLOOM_FILTER].
  public static void write(SegmentColumn column, BloomFilterConfig config, ColumnsWriter out) {
    int[] words = words(column, length(column, config));
    out.begin();
    out.putInts(words, words.length);
    out.end(column.name(), BufferKind.BLOOM_FILTER);
  }

  private static void add(int[] words, long hash) {
    int at = block(hash, words.length / WORDS) * WORDS;
    for (int i = 0; i < WORDS; i++) {
      words[at + i] |= bit(hash, i);
    }
  }

  static int block(long hash, int blocks) {
    return (int) ((hash >>> 32) * blocks >>> 32);
  }

  /// The bit of a hash in word `i` of its block.
  static int bit(long hash, int i) {
    return 1 << ((int) hash * SALT[i] >>> 27);
  }
}
