package io.cuvee.segment.index.inverted;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.PackedFormat;
import io.cuvee.segment.packing.PackedWriter;
import java.util.Arrays;
import java.util.Optional;

/// The layout of an inverted index whose dictIds have few documents each, as keys do, or documents
/// that follow each other; a bitmap for each would mostly be headers.
///
/// The documents of each dictId are runs, by dictId and ascending. The buffer begins with 64 bytes:
/// how many runs there are, the widths of the three lists that follow, 32 bits each, and zeros. The
/// lists are bit-packed ([PackedFormat]): for each dictId, and behind the last, the number of its
/// first run, or nothing if the width is 0, when each dictId has one run; for each run its first
/// document; for each run how many documents it has, less one.
///
/// @param firsts empty if each dictId has one run
public record DocumentRuns(int[] firsts, int[] starts, int[] lengths) {
  public static final int HEADER_BYTES = 64;

  /// Below the bytes that a Roaring bitmap of one document and its offset need.
  private static final long BITMAP_BYTES = 24;

  /// With more for each dictId, the runs are not even counted.
  private static final long MOST_DOCUMENTS = 256;

  /// @param docs those of dictId `i` ascend in `[ends[i - 1], ends[i])`
  static DocumentRuns of(int[] docs, int[] ends, int cardinality) {
    int[] firsts = new int[cardinality + 1];
    int runs = 0;
    for (int id = 0, i = 0; id < cardinality; id++) {
      for (int from = i; i < ends[id]; i++) {
        runs += i == from || docs[i] > docs[i - 1] + 1 ? 1 : 0;
      }
      firsts[id + 1] = runs;
    }
    int[] starts = new int[runs];
    int[] lengths = new int[runs];
    int run = -1;
    for (int id = 0, i = 0; id < cardinality; id++) {
      for (int from = i; i < ends[id]; i++) {
        if (i == from || docs[i] > docs[i - 1] + 1) {
          starts[++run] = docs[i];
        } else {
          lengths[run] = docs[i] - starts[run];
        }
      }
    }
    for (int id = 0; id < cardinality; id++) {
      if (firsts[id] != id || runs != cardinality) {
        return new DocumentRuns(firsts, starts, lengths);
      }
    }
    return new DocumentRuns(new int[0], starts, lengths);
  }

  /// The runs of an index, if they surely take less than bitmaps.
  static Optional<DocumentRuns> ifSmaller(int[] docs, int[] ends, int cardinality) {
    if (cardinality == 0 || ends[cardinality - 1] > MOST_DOCUMENTS * cardinality) {
      return Optional.empty();
    }
    return Optional.of(of(docs, ends, cardinality))
        .filter(runs -> runs.sizeBytes() < BITMAP_BYTES * cardinality);
  }

  private static int width(int[] values) {
    return PackedFormat.width(Arrays.stream(values).max().orElse(0));
  }

  private long sizeBytes() {
    return PackedFormat.sizeBytes(firsts.length, width(firsts))
        + PackedFormat.sizeBytes(starts.length, width(starts))
        + PackedFormat.sizeBytes(lengths.length, width(lengths));
  }

  void write(ColumnsWriter out, String column) {
    out.begin();
    out.putInts(
        Arrays.copyOf(header(), HEADER_BYTES / Integer.BYTES), HEADER_BYTES / Integer.BYTES);
    PackedWriter.write(firsts, firsts.length, width(firsts), out);
    PackedWriter.write(starts, starts.length, width(starts), out);
    PackedWriter.write(lengths, lengths.length, width(lengths), out);
    out.end(column, BufferKind.INVERTED_RUNS);
  }

  /// The bytes of the buffer.
  public long bufferBytes() {
    return HEADER_BYTES + sizeBytes();
  }

  /// The first four numbers of the buffer.
  public int[] header() {
    return new int[] {starts.length, width(firsts), width(starts), width(lengths)};
  }
}
