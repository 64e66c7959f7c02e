package io.cuvee.segment.store;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.alp.AlpFormat;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.fsst.FsstFormat;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.PackedFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.function.BiFunction;

/// Checks the structure of a compressed raw column, whose frames are sound.
final class RawVerifier {
  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ColumnMetadata metadata;
  private final ColumnBuffers buffers;
  private final BiFunction<BufferKind, String, CuveeException> damaged;

  RawVerifier(
      ColumnMetadata metadata,
      ColumnBuffers buffers,
      BiFunction<BufferKind, String, CuveeException> damaged) {
    this.metadata = metadata;
    this.buffers = buffers;
    this.damaged = damaged;
  }

  private MemorySegment buffer(BufferKind kind) {
    return buffers.buffer(kind).orElseThrow();
  }

  void verifyAlp() {
    MemorySegment blocks = buffer(BufferKind.ALP_BLOCKS);
    MemorySegment exceptions = buffer(BufferKind.ALP_EXCEPTIONS);
    int blockCount = PackedFormat.blockCount(metadata.valueCount());
    long count = blocks.get(LONG, (long) AlpFormat.BLOCK_BYTES * blockCount);
    if (count < 0 || exceptions.byteSize() != count * AlpFormat.EXCEPTION_BYTES) {
      throw damaged.apply(BufferKind.ALP_EXCEPTIONS, "it does not hold " + count + " exceptions");
    }
    int previous = 0;
    for (int block = 0; block < blockCount; block++) {
      long at = (long) AlpFormat.BLOCK_BYTES * block;
      int first = blocks.get(INT, at);
      int end = blocks.get(INT, at + AlpFormat.BLOCK_BYTES);
      if (!AlpFormat.isSound(blocks.get(LONG, at))
          || first != previous
          || end < first
          || end > count) {
        throw damaged.apply(
            BufferKind.ALP_BLOCKS, "block " + block + " has an impossible description");
      }
      int last = Math.min(PackedFormat.BLOCK, metadata.valueCount() - block * PackedFormat.BLOCK);
      int position = -1;
      for (int i = first; i < end; i++) {
        int next = Short.toUnsignedInt(exceptions.get(SHORT, count * Double.BYTES + 2L * i));
        if (next <= position || next >= last) {
          throw damaged.apply(
              BufferKind.ALP_EXCEPTIONS,
              "exception " + i + " is at " + next + " of block " + block);
        }
        position = next;
      }
      previous = end;
    }
    if (previous != count) {
      throw damaged.apply(BufferKind.ALP_BLOCKS, "its blocks have " + previous + " exceptions");
    }
  }

  void verifyFsst() {
    MemorySegment table = buffer(BufferKind.FSST_SYMBOLS);
    MemorySegment codes = buffer(BufferKind.BYTES);
    if (!FsstFormat.isTable(table)) {
      throw damaged.apply(BufferKind.FSST_SYMBOLS, "it is no table of symbols");
    }
    FramedLongs offsets =
        new FramedLongs(
            buffers.address(BufferKind.FRAMES),
            buffers.address(BufferKind.PACKED_VALUES),
            metadata.valueCount() + 1);
    long start = offsets.get(0);
    if (start != 0) {
      throw damaged.apply(BufferKind.PACKED_VALUES, "the first codes begin at " + start);
    }
    for (int i = 0; i < metadata.valueCount(); i++) {
      long end = offsets.get(i + 1);
      if (end < start || end > codes.byteSize()) {
        throw damaged.apply(BufferKind.PACKED_VALUES, "the codes of value " + i + " end at " + end);
      }
      if (!FsstFormat.isValue(table, codes, start, end)) {
        throw damaged.apply(BufferKind.BYTES, "value " + i + " has codes of no symbols");
      }
      start = end;
    }
    if (start != codes.byteSize()) {
      throw damaged.apply(BufferKind.PACKED_VALUES, "the last codes end at " + start);
    }
  }
}
