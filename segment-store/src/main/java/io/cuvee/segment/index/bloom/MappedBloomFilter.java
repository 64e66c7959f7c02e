package io.cuvee.segment.index.bloom;

import static io.cuvee.segment.memory.NativeMemory.intAt;

import io.cuvee.segment.column.BloomFilter;

/// A mapped Bloom filter. Layout: [BloomFilterFormat].
public final class MappedBloomFilter implements BloomFilter {
  private final long address;
  private final int blocks;

  /// @param bytes its length, as [BloomFilterFormat#isLength] wants it
  public MappedBloomFilter(long address, long bytes) {
    this.address = address;
    this.blocks = (int) (bytes / BloomFilterFormat.BLOCK_BYTES);
  }

  @Override
  public boolean mayContain(Object value) {
    long hash = ValueHash.of(value);
    long at =
        address + (long) BloomFilterFormat.block(hash, blocks) * BloomFilterFormat.BLOCK_BYTES;
    for (int i = 0; i < BloomFilterFormat.BLOCK_BYTES / Integer.BYTES; i++) {
      if ((intAt(at + i * 4L) & BloomFilterFormat.bit(hash, i)) == 0) {
        return false;
      }
    }
    return true;
  }
}
