package io.cuvee.segment.fsst;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.FrameFormat;
import io.cuvee.segment.packing.PackedFormat;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/// Finds symbols for a column of byte ranges, says what they save, and writes it. Layout:
/// [FsstFormat]. Not thread-safe.
public final class FsstWriter {
  /// From which symbols are made.
  private static final int SAMPLE_BYTES = 1 << 14;

  /// By which they are judged.
  private static final int TRIAL_BYTES = 1 << 16;

  /// Of one range.
  private static final int MOST_OF_ONE = 512;

  private final Source source;
  private final SymbolTable table;
  private final double ratio;
  private byte[] bytes = new byte[64];
  private byte[] codes = new byte[128];

  /// The values of a column.
  public interface Source {
    int count();

    /// The length of a value; 0 for NULL.
    int length(int index);

    /// Copies a value.
    void copy(int index, byte[] target);
  }

  public FsstWriter(Source source) {
    this.source = source;
    Sample sample = sample(SAMPLE_BYTES, 0);
    this.table = SymbolSearch.find(sample.bytes, sample.ends);
    Sample trial = sample(TRIAL_BYTES, 1);
    int coded = 0;
    int from = 0;
    byte[] out = new byte[2 * MOST_OF_ONE];
    for (int end : trial.ends) {
      coded += table.encode(trial.bytes, from, end, out);
      from = end;
    }
    this.ratio = trial.bytes.length == 0 ? 1 : (double) coded / trial.bytes.length;
  }

  /// Parts of values.
  private record Sample(byte[] bytes, int[] ends) {}

  /// Takes parts of values that lie evenly in the column.
  ///
  /// @param shift chooses other values
  private Sample sample(int mostBytes, int shift) {
    int count = source.count();
    int wanted = Math.min(count, mostBytes / 8);
    ByteArrayOutputStream taken = new ByteArrayOutputStream(mostBytes);
    List<Integer> ends = new ArrayList<>();
    // In rounds, so that all of the column is seen however long the values are.
    int rounds = 16;
    for (int round = 0; round < rounds; round++) {
      for (int i = round; i < wanted && taken.size() < mostBytes; i += rounds) {
        int index = (int) (((long) i * count + (long) shift * count / 2) / wanted);
        int length = source.length(index);
        int part = Math.min(length, MOST_OF_ONE);
        if (part > 0) {
          source.copy(index, room(length));
          int from = (int) ((i * 7919L + shift) % (length - part + 1));
          taken.write(bytes, from, part);
          ends.add(taken.size());
        }
      }
    }
    return new Sample(taken.toByteArray(), ends.stream().mapToInt(Integer::intValue).toArray());
  }

  private byte[] room(int length) {
    // A whole word is read at each position.
    if (bytes.length < length + Long.BYTES) {
      bytes = new byte[Math.max(length + Long.BYTES, 2 * bytes.length)];
    }
    return bytes;
  }

  /// What all buffers need for ranges of so many bytes, as a sample says.
  public long expectedBytes(long totalBytes) {
    double codeBytes = ratio * totalBytes;
    int count = source.count();
    int offsetBits =
        PackedFormat.width((long) (codeBytes * Math.min(1, (double) PackedFormat.BLOCK / count)));
    return (long) codeBytes
        + PackedFormat.sizeBytes(count, offsetBits)
        + 12L * PackedFormat.blockCount(count)
        + FsstFormat.SYMBOLS_BYTES;
  }

  /// Writes [BufferKind#BYTES], [BufferKind#PACKED_VALUES], [BufferKind#FRAMES] and
  /// [BufferKind#FSST_SYMBOLS].
  ///
  /// @return bytes of all of them
  public long write(ColumnsWriter out, String column) {
    int count = source.count();
    int[] lengths = new int[count];
    out.begin();
    for (int i = 0; i < count; i++) {
      lengths[i] = encode(i);
      out.put(codes, 0, lengths[i]);
    }
    out.end(column, BufferKind.BYTES);
    long sizeBytes = writeOffsets(lengths, out, column) + FsstFormat.SYMBOLS_BYTES;
    out.begin();
    for (int code = 0; code < FsstFormat.MAX_SYMBOLS; code++) {
      out.putLong(code < table.size() ? table.symbol(code) : 0);
    }
    for (int code = 0; code < FsstFormat.MAX_SYMBOLS; code++) {
      out.putByte(code < table.size() ? table.length(code) : 0);
    }
    out.end(column, BufferKind.FSST_SYMBOLS);
    return sizeBytes;
  }

  private int encode(int index) {
    int length = source.length(index);
    source.copy(index, room(length));
    if (codes.length < 2L * length) {
      codes = new byte[Math.toIntExact(2L * length)];
    }
    return table.encode(bytes, 0, length, codes);
  }

  /// @return bytes of the codes and of where they begin
  private static long writeOffsets(int[] lengths, ColumnsWriter out, String column) {
    int count = lengths.length + 1;
    long[] offsets = new long[PackedFormat.BLOCK];
    long offset = 0;
    FrameFormat.Writer frames = new FrameFormat.Writer(count, out);
    for (int from = 0; from < count; from += PackedFormat.BLOCK) {
      int part = Math.min(PackedFormat.BLOCK, count - from);
      for (int i = 0; i < part; i++) {
        offsets[i] = offset;
        offset += from + i < lengths.length ? lengths[from + i] : 0;
      }
      frames.add(offsets, 0, part);
    }
    frames.end(column);
    return offset + frames.sizeBytes();
  }
}
