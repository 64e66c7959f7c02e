package io.cuvee.segment.build;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Distinct ranges that were moved to a [Scratch] in their order, each with the number that it had.
///
/// @param end the first position whose value means no number of these
/// @param size how many ranges
/// @param places of the pieces of [#PIECE_BYTES], the last of which may be shorter
/// @param totalBytes of all pieces
record SortedRun(int end, int size, List<Long> places, long totalBytes) {
  private static final int PIECE_BYTES = 1 << 15;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  /// Moves ranges.
  static SortedRun write(int end, Ranges ranges, IndexSort.Order order, Scratch scratch) {
    Writer writer = new Writer(scratch);
    for (int number : IndexSort.sorted(ranges.size(), order)) {
      byte[] bytes = ranges.get(number);
      writer.putInt(number);
      writer.putInt(bytes.length);
      writer.put(bytes, bytes.length);
    }
    writer.flush();
    return new SortedRun(end, ranges.size(), writer.places, writer.totalBytes);
  }

  private static final class Writer {
    private final Scratch scratch;
    private final List<Long> places = new ArrayList<>();
    private final byte[] piece = new byte[PIECE_BYTES];
    private final byte[] number = new byte[Integer.BYTES];
    private int used;
    private long totalBytes;

    Writer(Scratch scratch) {
      this.scratch = scratch;
    }

    void putInt(int value) {
      INT.set(number, 0, value);
      put(number, Integer.BYTES);
    }

    void put(byte[] bytes, int length) {
      for (int done = 0; done < length; ) {
        int part = Math.min(length - done, PIECE_BYTES - used);
        System.arraycopy(bytes, done, piece, used, part);
        used += part;
        done += part;
        if (used == PIECE_BYTES) {
          flush();
        }
      }
    }

    void flush() {
      if (used > 0) {
        places.add(scratch.spill(piece, used));
        totalBytes += used;
        used = 0;
      }
    }
  }

  Cursor cursor(int run, Scratch scratch) {
    return new Cursor(run, scratch);
  }

  /// Goes through the ranges in their order.
  final class Cursor {
    private final int run;
    private final Scratch scratch;
    private final byte[] piece = new byte[(int) Math.min(PIECE_BYTES, totalBytes)];
    private final byte[] ints = new byte[Integer.BYTES];
    private byte[] bytes = new byte[64];
    private int pieces;
    private int available;
    private int used;
    private int seen;
    private int number;
    private int length;

    Cursor(int run, Scratch scratch) {
      this.run = run;
      this.scratch = scratch;
    }

    int run() {
      return run;
    }

    /// Moves to the next range, if there is one.
    boolean next() {
      if (seen == size) {
        return false;
      }
      seen++;
      number = readInt();
      length = readInt();
      if (length > bytes.length) {
        bytes = new byte[(int) Math.min(Integer.MAX_VALUE - 8, length * 2L)];
      }
      read(bytes, length);
      return true;
    }

    private int readInt() {
      read(ints, Integer.BYTES);
      return (int) INT.get(ints, 0);
    }

    private void read(byte[] target, int count) {
      for (int done = 0; done < count; ) {
        if (used == available) {
          available = (int) Math.min(PIECE_BYTES, totalBytes - (long) pieces * PIECE_BYTES);
          scratch.get(places.get(pieces++), piece, available);
          used = 0;
        }
        int part = Math.min(count - done, available - used);
        System.arraycopy(piece, used, target, done, part);
        used += part;
        done += part;
      }
    }

    /// That the range had among the others of the run.
    int number() {
      return number;
    }

    /// The range is at their start.
    byte[] bytes() {
      return bytes;
    }

    int length() {
      return length;
    }
  }
}
