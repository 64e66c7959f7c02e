package io.cuvee.segment.build;

import io.cuvee.segment.dictionary.DictionaryFormat;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.memory.NativeMemory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/// The distinct ranges of several sorted runs, in their order, so that a number is also a rank. The
/// bytes are in a mapped file.
final class MergedRanges implements Ranges, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Scratch scratch;
  private final FileChannel file;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment mapped;

  /// For each run and number there the number here.
  private final int[][] numbers;

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int buffered;

  /// Where each range begins, and the last ends.
  private long[] offsets = new long[1024];

  private int size;

  /// @param areDecimals of which equal ones may differ in scale; the largest is kept
  MergedRanges(List<SortedRun> runs, boolean areDecimals, Scratch scratch) {
    this.scratch = scratch;
    this.file = scratch.open("merged");
    this.numbers = new int[runs.size()][];
    Comparator<SortedRun.Cursor> order =
        areDecimals
            ? Comparator.comparing(MergedRanges::decimal)
            : (a, b) -> Arrays.compareUnsigned(a.bytes(), 0, a.length(), b.bytes(), 0, b.length());
    PriorityQueue<SortedRun.Cursor> next = new PriorityQueue<>(runs.size(), order);
    for (int run = 0; run < runs.size(); run++) {
      numbers[run] = new int[runs.get(run).size()];
      SortedRun.Cursor cursor = runs.get(run).cursor(run, scratch);
      if (cursor.next()) {
        next.add(cursor);
      }
    }
    byte[] range = new byte[256];
    while (!next.isEmpty()) {
      SortedRun.Cursor first = next.remove();
      int length = first.length();
      range = range.length < length ? new byte[length * 2] : range;
      System.arraycopy(first.bytes(), 0, range, 0, length);
      BigDecimal kept = areDecimals ? decimal(first) : null;
      while (true) {
        numbers[first.run()][first.number()] = size;
        if (first.next()) {
          next.add(first);
        }
        SortedRun.Cursor other = next.peek();
        if (other == null) {
          break;
        }
        if (kept == null) {
          if (!Arrays.equals(range, 0, length, other.bytes(), 0, other.length())) {
            break;
          }
        } else {
          BigDecimal value = decimal(other);
          if (value.compareTo(kept) != 0) {
            break;
          }
          kept = value.scale() > kept.scale() ? value : kept;
        }
        first = next.remove();
      }
      if (kept != null) {
        range = DictionaryFormat.encode(kept);
        length = range.length;
      }
      add(range, length);
    }
    flush();
    this.mapped = map();
    NativeMemory.register(mapped);
  }

  private static BigDecimal decimal(SortedRun.Cursor cursor) {
    return DictionaryFormat.decode(cursor.bytes(), 0, cursor.length());
  }

  private void add(byte[] range, int length) {
    if (size + 1 == offsets.length) {
      offsets = Arrays.copyOf(offsets, offsets.length * 2);
    }
    offsets[size + 1] = offsets[size] + length;
    size++;
    for (int done = 0; done < length; ) {
      int part = Math.min(length - done, BUFFER_BYTES - buffered);
      System.arraycopy(range, done, buffer, buffered, part);
      buffered += part;
      done += part;
      if (buffered == BUFFER_BYTES) {
        flush();
      }
    }
  }

  private void flush() {
    try {
      ByteBuffer source = ByteBuffer.wrap(buffer, 0, buffered);
      while (source.hasRemaining()) {
        file.write(source);
      }
      buffered = 0;
    } catch (IOException e) {
      throw scratch.failed("write", e);
    }
  }

  private MemorySegment map() {
    try {
      return totalLength() == 0
          ? MemorySegment.NULL
          : file.map(FileChannel.MapMode.READ_ONLY, 0, totalLength(), arena);
    } catch (IOException e) {
      throw scratch.failed("read", e);
    }
  }

  /// The number here of a number in a run; 0 for those of NULLs, which may be in no run.
  int number(int run, int number) {
    return number < numbers[run].length ? numbers[run][number] : 0;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public long totalLength() {
    return offsets[size];
  }

  @Override
  public int commonLength() {
    int common = size == 0 ? 0 : length(0);
    for (int number = 1; number < size; number++) {
      if (length(number) != common) {
        return 0;
      }
    }
    return common;
  }

  @Override
  public int length(int number) {
    return (int) (offsets[number + 1] - offsets[number]);
  }

  @Override
  public byte[] get(int number) {
    byte[] bytes = new byte[length(number)];
    copy(number, bytes);
    return bytes;
  }

  @Override
  public void copy(int number, byte[] target) {
    NativeMemory.copy(mapped.address() + offsets[number], target, 0, length(number));
  }

  @Override
  public void write(int number, ColumnsWriter out) {
    byte[] part = buffer;
    int length = length(number);
    for (int done = 0; done < length; ) {
      int count = Math.min(part.length, length - done);
      NativeMemory.copy(mapped.address() + offsets[number] + done, part, 0, count);
      out.put(part, 0, count);
      done += count;
    }
  }

  @Override
  public IndexSort.Order comparator() {
    return Integer::compare;
  }

  @Override
  public void close() {
    NativeMemory.unregister(mapped);
    arena.close();
    try {
      file.close();
    } catch (IOException e) {
      throw scratch.failed("close", e);
    }
  }
}
