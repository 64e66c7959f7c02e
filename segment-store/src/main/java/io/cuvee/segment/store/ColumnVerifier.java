package io.cuvee.segment.store;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.cuvee.common.error.CuveeException;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.SegmentFormat;
import io.cuvee.segment.index.bloom.BloomFilterFormat;
import io.cuvee.segment.index.inverted.DocumentRuns;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import io.cuvee.segment.index.json.JsonIndexFormat;
import io.cuvee.segment.index.range.RangeIndexFormat;
import io.cuvee.segment.index.text.MappedTextIndex;
import io.cuvee.segment.index.text.TextIndexFormat;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedInts;
import io.cuvee.segment.packing.RunFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Checks one column: first the structure of its buffers, through bounds-checked slices, then its
/// values through the column itself.
final class ColumnVerifier {
  private static final int BLOCK = ZoneMap.BLOCK_ROWS;
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path directory;
  private final ColumnMetadata metadata;
  private final SegmentColumn column;
  private final ColumnBuffers buffers;
  private final int docCount;

  private @Nullable Object min;
  private @Nullable Object max;
  private int longestArray;

  /// @param buffers of the column
  ColumnVerifier(
      Path directory, ColumnMetadata metadata, SegmentColumn column, ColumnBuffers buffers) {
    this.directory = directory;
    this.metadata = metadata;
    this.column = column;
    this.buffers = buffers;
    this.docCount = column.docCount();
  }

  void verify() {
    verifyValidity();
    verifyOffsets(BufferKind.ARRAY_OFFSETS, 4, metadata.valueCount());
    int stored = metadata.encoding().hasRuns() ? verifiedRuns() : metadata.valueCount();
    switch (metadata.encoding()) {
      case DICTIONARY, SORTED, DICTIONARY_RUNS -> verifyDictionary(stored);
      case RAW_ALP -> {
        verifyFrames(stored);
        new RawVerifier(metadata, buffers, this::damaged).verifyAlp();
      }
      case RAW_FSST -> {
        verifyFrames(stored + 1);
        new RawVerifier(metadata, buffers, this::damaged).verifyFsst();
      }
      case RAW, RAW_RUNS -> {
        verifyFrames(stored);
        verifyOffsets(
            BufferKind.BYTE_OFFSETS, metadata.offsetBytes(), buffers.length(BufferKind.BYTES));
      }
    }
    verifyValues();
    verifyStatistics();
    if (buffers.has(BufferKind.INVERTED_OFFSETS)) {
      verifyOffsets(BufferKind.INVERTED_OFFSETS, 8, buffers.length(BufferKind.INVERTED_BITMAPS));
      new BitmapsVerifier(column, buffers, this::damaged).verify();
    }
    if (buffers.has(BufferKind.INVERTED_RUNS)) {
      verifyDocumentRuns();
    }
    if (column.rangeIndex().isPresent()) {
      if (!RangeIndexFormat.isPossible(column)) {
        throw damaged(BufferKind.RANGE_BUCKETS, "such a column can have no range index");
      }
      verifyOffsets(BufferKind.RANGE_OFFSETS, 8, buffers.length(BufferKind.RANGE_BITMAPS));
      new BitmapsVerifier(column, buffers, this::damaged).verifyRange(column.rangeIndex().get());
    }
    if (column.bloomFilter().isPresent()) {
      verifyBloomFilter();
    }
    if (buffers.has(BufferKind.JSON_KEYS)) {
      if (!JsonIndexFormat.isPossible(column)) {
        throw damaged(BufferKind.JSON_KEYS, "such a column can have no JSON index");
      }
      verifyOffsets(BufferKind.JSON_KEY_OFFSETS, 8, buffers.length(BufferKind.JSON_KEYS));
      verifyOffsets(BufferKind.JSON_OFFSETS, 8, buffers.length(BufferKind.JSON_BITMAPS));
      new BitmapsVerifier(column, buffers, this::damaged).verifyJson();
    }
    if (column.textIndex().orElse(null) instanceof MappedTextIndex text) {
      verifyText(text);
    }
  }

  private void verifyText(MappedTextIndex index) {
    if (!TextIndexFormat.isPossible(column)) {
      throw damaged(BufferKind.TEXT_INDEX, "such a column can have no text index");
    }
    if (!index.fits(column)) {
      throw damaged(BufferKind.TEXT_INDEX, "it does not fit the values");
    }
  }

  private void verifyDocumentRuns() {
    MemorySegment buffer = buffer(BufferKind.INVERTED_RUNS);
    InvertedIndexFormat.Lists lists = InvertedIndexFormat.collect(column).lists();
    DocumentRuns expected =
        lists
            .runs()
            .orElseThrow(() -> damaged(BufferKind.INVERTED_RUNS, "its documents are no few runs"));
    int[] header = new int[DocumentRuns.HEADER_BYTES / Integer.BYTES];
    MemorySegment.copy(buffer, INT, 0, header, 0, header.length);
    if (!Arrays.equals(header, Arrays.copyOf(expected.header(), header.length))
        || buffer.byteSize() != expected.bufferBytes()) {
      throw damaged(BufferKind.INVERTED_RUNS, "its header does not fit the documents");
    }
    long address = buffer.address() + DocumentRuns.HEADER_BYTES;
    for (int[] list : List.of(expected.firsts(), expected.starts(), expected.lengths())) {
      int width = PackedFormat.width(Arrays.stream(list).max().orElse(0));
      PackedInts stored = new PackedInts(address, width, list.length);
      for (int i = 0; i < list.length; i++) {
        if (stored.get(i) != list[i]) {
          throw damaged(BufferKind.INVERTED_RUNS, "run " + i + " does not fit the documents");
        }
      }
      address += PackedFormat.sizeBytes(list.length, width);
    }
  }

  private void verifyBloomFilter() {
    MemorySegment blocks = buffer(BufferKind.BLOOM_FILTER);
    int[] words = BloomFilterFormat.words(column, blocks.byteSize());
    for (int i = 0; i < words.length; i++) {
      if (blocks.get(INT, i * 4L) != words[i]) {
        throw damaged(BufferKind.BLOOM_FILTER, "word " + i + " does not fit the values");
      }
    }
  }

  private CuveeException damaged(BufferKind kind, String what) {
    return SegmentFormat.corrupt(
        directory.resolve(ColumnsFormat.FILE),
        "buffer " + kind + " of column '" + metadata.name() + "': " + what);
  }

  private MemorySegment buffer(BufferKind kind) {
    return buffers.buffer(kind).orElseThrow();
  }

  private void verifyValidity() {
    if (!buffers.has(BufferKind.VALIDITY)) {
      return;
    }
    MemorySegment words = buffer(BufferKind.VALIDITY);
    int valid = 0;
    for (long at = 0; at < words.byteSize(); at += 8) {
      valid += Long.bitCount(words.get(LONG, at));
    }
    int expected = docCount - metadata.statistics().nullCount();
    boolean tailSet =
        (docCount & 63) != 0 && (words.get(LONG, words.byteSize() - 8) & -1L << docCount) != 0;
    if (valid != expected || tailSet) {
      throw damaged(BufferKind.VALIDITY, valid + " documents have a value, expected " + expected);
    }
  }

  /// Offsets begin with 0, never descend, and end with `end`.
  private void verifyOffsets(BufferKind kind, int bytes, long end) {
    if (!buffers.has(kind)) {
      return;
    }
    MemorySegment offsets = buffer(kind);
    long previous = 0;
    long count = offsets.byteSize() / bytes;
    for (long i = 0; i < count; i++) {
      long offset =
          bytes == 4 ? Integer.toUnsignedLong(offsets.get(INT, i * 4)) : offsets.get(LONG, i * 8);
      if (offset < previous || i == 0 && offset != 0) {
        throw damaged(kind, "offset " + i + " is " + offset + ", expected at least " + previous);
      }
      previous = offset;
    }
    if (previous != end) {
      throw damaged(kind, "the last offset is " + previous + ", expected " + end);
    }
  }

  /// Checks how long the runs are.
  ///
  /// @return how many
  private int verifiedRuns() {
    MemorySegment counts = buffer(BufferKind.RUN_COUNTS);
    int blocks = PackedFormat.blockCount(metadata.valueCount());
    int runs = counts.get(INT, 4L * blocks);
    if (runs < 0
        || buffers.length(BufferKind.RUN_ENDS)
            != PackedFormat.sizeBytes(runs, RunFormat.END_BITS)) {
      throw damaged(BufferKind.RUN_ENDS, "it does not hold the ends of " + runs + " runs");
    }
    if (buffers.has(BufferKind.DICT_IDS)
        && buffers.length(BufferKind.DICT_IDS) != PackedFormat.sizeBytes(runs, metadata.idBits())) {
      throw damaged(BufferKind.DICT_IDS, "it does not hold the dictIds of " + runs + " runs");
    }
    if (buffers.has(BufferKind.FRAMES)
        && buffers.length(BufferKind.FRAMES) != 12L * PackedFormat.blockCount(runs) + 4) {
      throw damaged(BufferKind.FRAMES, "it does not hold the frames of " + runs + " runs");
    }
    PackedInts ends =
        new PackedInts(buffers.address(BufferKind.RUN_ENDS), RunFormat.END_BITS, runs);
    int run = 0;
    for (int block = 0; block < blocks; block++) {
      int next = counts.get(INT, 4L * (block + 1));
      int last = Math.min(BLOCK, metadata.valueCount() - block * BLOCK) - 1;
      if (counts.get(INT, 4L * block) != run || next <= run || next > runs) {
        throw damaged(BufferKind.RUN_COUNTS, "block " + block + " ends with run " + next);
      }
      int previous = -1;
      for (; run < next; run++) {
        if (ends.get(run) <= previous) {
          throw damaged(BufferKind.RUN_ENDS, "run " + run + " ends at " + ends.get(run));
        }
        previous = ends.get(run);
      }
      if (previous != last) {
        throw damaged(BufferKind.RUN_ENDS, "block " + block + " ends at " + previous);
      }
    }
    return runs;
  }

  /// @param stored how many values
  private void verifyFrames(int stored) {
    if (!buffers.has(BufferKind.FRAMES)) {
      return;
    }
    MemorySegment frames = buffer(BufferKind.FRAMES);
    int blocks = PackedFormat.blockCount(stored);
    int previous = 0;
    for (int block = 0; block <= blocks; block++) {
      int sum = frames.get(INT, 8L * blocks + 4L * block);
      if (sum < previous || sum > previous + (block == 0 ? 0 : Long.SIZE)) {
        throw damaged(
            BufferKind.FRAMES,
            "the width before block " + block + " leads from " + previous + " to " + sum);
      }
      previous = sum;
    }
    long expected = (long) previous * PackedFormat.ROW_BYTES;
    if (buffers.length(BufferKind.PACKED_VALUES) != expected) {
      throw damaged(
          BufferKind.PACKED_VALUES,
          "it has " + buffers.length(BufferKind.PACKED_VALUES) + " bytes, expected " + expected);
    }
  }

  /// @param stored how many dictIds
  private void verifyDictionary(int stored) {
    // A star-tree's column has the dictionary of the segment's, which is verified there.
    if (!buffers.has(BufferKind.DICTIONARY_VALUES)) {
      verifyDictIds(metadata.statistics().cardinality(), stored);
      return;
    }
    verifyOffsets(BufferKind.DICTIONARY_OFFSETS, 4, buffers.length(BufferKind.DICTIONARY_VALUES));
    Dictionary dictionary = column.dictionary().orElseThrow();
    Object previous = decoded(dictionary, 0);
    for (int id = 1; id < dictionary.size(); id++) {
      Object value = decoded(dictionary, id);
      if (compare(previous, value) >= 0) {
        throw damaged(BufferKind.DICTIONARY_VALUES, "entry " + id + " is not above the one before");
      }
      previous = value;
    }
    if (metadata.encoding() == Encoding.SORTED) {
      verifyRuns();
    } else {
      verifyDictIds(dictionary.size(), stored);
    }
  }

  private Object decoded(Dictionary dictionary, int id) {
    try {
      return dictionary.value(id);
    } catch (NumberFormatException e) {
      throw damaged(BufferKind.DICTIONARY_VALUES, "entry " + id + " is no decimal");
    }
  }

  private void verifyRuns() {
    MemorySegment runs = buffer(BufferKind.RUNS);
    int cardinality = metadata.statistics().cardinality();
    int previous = -1;
    for (int id = 0; id <= cardinality; id++) {
      int start = runs.get(INT, id * 4L);
      if (start <= previous || id == 0 && start != 0) {
        throw damaged(BufferKind.RUNS, "run " + id + " begins at " + start + " after " + previous);
      }
      previous = start;
    }
    int expected = docCount - metadata.statistics().nullCount();
    if (previous != expected) {
      throw damaged(BufferKind.RUNS, "the last run ends at " + previous + ", expected " + expected);
    }
  }

  private void verifyDictIds(int cardinality, int stored) {
    PackedInts ids =
        new PackedInts(buffers.address(BufferKind.DICT_IDS), metadata.idBits(), stored);
    int[] block = new int[BLOCK];
    for (int from = 0; from < ids.count(); from += BLOCK) {
      int count = Math.min(BLOCK, ids.count() - from);
      ids.ints(from, count, block);
      for (int i = 0; i < count; i++) {
        if (block[i] >= cardinality) {
          throw damaged(
              BufferKind.DICT_IDS,
              "value "
                  + (from + i)
                  + " has dictId "
                  + block[i]
                  + ", expected less than "
                  + cardinality);
        }
      }
    }
  }

  private void verifyValues() {
    for (int from = 0; from < docCount; from += BLOCK) {
      int count = Math.min(BLOCK, docCount - from);
      Values values;
      try {
        values = column.values(from, count);
      } catch (NumberFormatException e) {
        throw damaged(BufferKind.BYTES, "a value of block " + from / BLOCK + " is no decimal");
      }
      Extremes found =
          switch (values) {
            case LongValues longs -> Extremes.of(longs);
            case DoubleValues doubles -> Extremes.of(doubles);
            case DecimalValues _, BytesValues _, ArrayValues _ -> extremes(values);
          };
      Object blockMin = found.min();
      Object blockMax = found.max();
      verifyZone(from / BLOCK, blockMin, blockMax, found.nulls());
      if (blockMin != null && blockMax != null) {
        min = min == null || compare(blockMin, min) < 0 ? blockMin : min;
        max = max == null || compare(blockMax, max) > 0 ? blockMax : max;
      }
    }
  }

  /// The smallest and the largest of some values, which are absent if all are NULL.
  private record Extremes(@Nullable Object min, @Nullable Object max, int nulls) {
    static Extremes of(LongValues values) {
      long min = Long.MAX_VALUE;
      long max = Long.MIN_VALUE;
      int nulls = 0;
      boolean mayHaveNulls = values.mayHaveNulls();
      for (int row = 0; row < values.count(); row++) {
        if (mayHaveNulls && values.isNull(row)) {
          nulls++;
        } else {
          min = Math.min(min, values.values()[row]);
          max = Math.max(max, values.values()[row]);
        }
      }
      return nulls == values.count()
          ? new Extremes(null, null, nulls)
          : new Extremes(min, max, nulls);
    }

    static Extremes of(DoubleValues values) {
      double min = Double.NaN;
      double max = Double.NaN;
      int nulls = 0;
      boolean isFirst = true;
      for (int row = 0; row < values.count(); row++) {
        if (values.isNull(row)) {
          nulls++;
          continue;
        }
        double value = values.values()[row];
        min = isFirst || Double.compare(value, min) < 0 ? value : min;
        max = isFirst || Double.compare(value, max) > 0 ? value : max;
        isFirst = false;
      }
      return isFirst ? new Extremes(null, null, nulls) : new Extremes(min, max, nulls);
    }
  }

  private Extremes extremes(Values values) {
    Object blockMin = null;
    Object blockMax = null;
    int nulls = 0;
    for (int row = 0; row < values.count(); row++) {
      if (values.isNull(row)) {
        nulls++;
        continue;
      }
      Object value = Objects.requireNonNull(values.get(row));
      if (values instanceof ArrayValues arrays) {
        longestArray = Math.max(longestArray, arrays.length(row));
      }
      for (Object element : value instanceof List<?> list ? list : List.of(value)) {
        blockMin = blockMin == null || compare(element, blockMin) < 0 ? element : blockMin;
        blockMax = blockMax == null || compare(element, blockMax) > 0 ? element : blockMax;
      }
    }
    return new Extremes(blockMin, blockMax, nulls);
  }

  private void verifyZone(int block, @Nullable Object low, @Nullable Object high, int nulls) {
    ZoneMap zones = column.zoneMap().orElse(null);
    if (zones == null) {
      return;
    }
    boolean sound = zones.nullCounts()[block] == nulls;
    if (low == null || high == null) {
      sound &=
          switch (zones) {
            case ZoneMap.DictIds ids -> ids.minima()[block] > ids.maxima()[block];
            case ZoneMap.Longs longs -> longs.minima()[block] > longs.maxima()[block];
            case ZoneMap.Doubles doubles -> doubles.minima()[block] > doubles.maxima()[block];
          };
    } else {
      sound &=
          switch (zones) {
            case ZoneMap.DictIds ids -> {
              Dictionary dictionary = column.dictionary().orElseThrow();
              yield ids.minima()[block] == dictionary.indexOf(low)
                  && ids.maxima()[block] == dictionary.indexOf(high);
            }
            case ZoneMap.Longs longs ->
                low.equals(longs.minima()[block]) && high.equals(longs.maxima()[block]);
            case ZoneMap.Doubles doubles ->
                low.equals(doubles.minima()[block]) && high.equals(doubles.maxima()[block]);
          };
    }
    if (!sound) {
      throw damaged(BufferKind.ZONES, "the zone of block " + block + " does not fit its values");
    }
  }

  private void verifyStatistics() {
    if (!fits(metadata.statistics().min(), min)
        || !fits(metadata.statistics().max(), max)
        || metadata.statistics().maxArrayLength() != longestArray) {
      throw SegmentFormat.corrupt(
          directory.resolve(io.cuvee.segment.format.MetadataFormat.FILE),
          "the statistics of column '" + metadata.name() + "' do not fit its values");
    }
  }

  /// Statistics may leave out long byte ranges.
  private static boolean fits(@Nullable Object stated, @Nullable Object found) {
    return stated == null
        ? found == null || found instanceof byte[]
        : found != null && compare(stated, found) == 0;
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Long number -> number.compareTo((Long) b);
      case Double number -> number.compareTo((Double) b);
      case BigDecimal number -> number.compareTo((BigDecimal) b);
      case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) b);
      default -> throw new IllegalStateException("No value of a column: " + a.getClass());
    };
  }
}
