package io.cuvee.segment.column;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.index.bloom.MappedBloomFilter;
import io.cuvee.segment.index.inverted.MappedDocumentRuns;
import io.cuvee.segment.index.inverted.MappedInvertedIndex;
import io.cuvee.segment.index.json.MappedJsonIndex;
import io.cuvee.segment.index.range.MappedRangeIndex;
import io.cuvee.segment.index.text.MappedTextIndex;
import io.cuvee.segment.index.text.TextIndexFormat;
import java.util.Optional;

/// The indexes of one column, as far as it has them.
record ColumnIndexes(
    Optional<InvertedIndex> inverted,
    Optional<RangeIndex> range,
    Optional<BloomFilter> bloom,
    Optional<JsonIndex> json,
    Optional<TextIndex> text) {
  static ColumnIndexes open(ColumnMetadata column, ColumnBuffers buffers) {
    Optional<InvertedIndex> inverted =
        buffers.has(BufferKind.INVERTED_RUNS)
            ? Optional.of(
                new MappedDocumentRuns(
                    buffers.address(BufferKind.INVERTED_RUNS), column.statistics().cardinality()))
            : lists(buffers, BufferKind.INVERTED_OFFSETS, BufferKind.INVERTED_BITMAPS);
    Optional<RangeIndex> range =
        lists(buffers, BufferKind.RANGE_OFFSETS, BufferKind.RANGE_BITMAPS)
            .map(documents ->
                new MappedRangeIndex(
                    buffers.address(BufferKind.RANGE_BUCKETS),
                    buffers.length(BufferKind.RANGE_BUCKETS),
                    documents));
    Optional<BloomFilter> bloom =
        buffers
            .buffer(BufferKind.BLOOM_FILTER)
            .map(blocks -> new MappedBloomFilter(blocks.address(), blocks.byteSize()));
    Optional<JsonIndex> json =
        lists(buffers, BufferKind.JSON_OFFSETS, BufferKind.JSON_BITMAPS)
            .map(documents ->
                new MappedJsonIndex(
                    buffers.address(BufferKind.JSON_KEYS),
                    buffers.address(BufferKind.JSON_KEY_OFFSETS),
                    buffers.length(BufferKind.JSON_KEY_OFFSETS),
                    documents));
    Optional<TextIndex> text =
        buffers
            .buffer(BufferKind.TEXT_INDEX)
            .filter(TextIndexFormat::isCurrent)
            .map(index -> new MappedTextIndex(column, index));
    return new ColumnIndexes(inverted, range, bloom, json, text);
  }

  private static Optional<InvertedIndex> lists(
      ColumnBuffers buffers, BufferKind offsets, BufferKind bitmaps) {
    return buffers.has(offsets)
        ? Optional.of(new MappedInvertedIndex(buffers.address(offsets), buffers.address(bitmaps)))
        : Optional.empty();
  }
}
