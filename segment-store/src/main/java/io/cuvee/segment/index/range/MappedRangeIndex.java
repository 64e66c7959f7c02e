package io.cuvee.segment.index.range;

import static io.cuvee.segment.memory.NativeMemory.longAt;

import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.RangeIndex;

/// A mapped range index. Layout: [RangeIndexFormat].
public final class MappedRangeIndex implements RangeIndex {
  private final long buckets;
  private final int bucketCount;
  private final InvertedIndex documents;

  /// @param buckets address of the buckets
  /// @param bytes their length
  public MappedRangeIndex(long buckets, long bytes, InvertedIndex documents) {
    this.buckets = buckets;
    this.bucketCount = (int) (bytes / RangeIndexFormat.BUCKET_BYTES);
    this.documents = documents;
  }

  @Override
  public int bucketCount() {
    return bucketCount;
  }

  @Override
  public long min(int bucket) {
    return longAt(buckets + (long) bucket * RangeIndexFormat.BUCKET_BYTES);
  }

  @Override
  public long max(int bucket) {
    return longAt(buckets + (long) bucket * RangeIndexFormat.BUCKET_BYTES + 8);
  }

  @Override
  public int docCount(int bucket) {
    return (int) longAt(buckets + (long) bucket * RangeIndexFormat.BUCKET_BYTES + 16);
  }

  @Override
  public InvertedIndex documents() {
    return documents;
  }
}
