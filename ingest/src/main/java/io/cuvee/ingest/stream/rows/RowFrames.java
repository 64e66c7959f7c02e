package io.cuvee.ingest.stream.rows;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.AppendResult.Appended;
import io.cuvee.ingest.stream.rows.AppendResult.Busy;
import io.cuvee.ingest.stream.rows.AppendResult.Elsewhere;
import io.cuvee.ingest.stream.rows.AppendResult.KeysFull;
import io.cuvee.ingest.stream.rows.AppendResult.OtherRows;
import io.cuvee.ingest.stream.rows.AppendResult.Unknown;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The bytes of rows in logs and between processes; numbers are big-endian, each frame begins with
/// a byte for its version.
///
/// - A batch: key (three longs, a byte: 1 if kept), count (int), length (int), rows.
/// - An entry of a log: version, time (long), number of batches (int), batches.
/// - A request to append: version, one batch.
/// - Results: version, number (int), each: kind (byte), then offset (long), count (int) and a byte
///   for `again`, or a text (length as int, UTF-8).
/// - An answer to a reader: version, latest offset (long), number of runs (int), each: offset, time
///   (longs), count, length (ints), rows.
///
/// Rows: for each its length (int) and its bytes.
public final class RowFrames {
  private static final byte VERSION = 1;
  private static final int BATCH_HEADER = 3 * Long.BYTES + 1 + 2 * Integer.BYTES;
  private static final int ENTRY_HEADER = 1 + Long.BYTES + Integer.BYTES;
  private static final int RUN_HEADER = 2 * Long.BYTES + 2 * Integer.BYTES;

  private RowFrames() {}

  /// One entry of a log.
  ///
  /// @param timestampMillis when its leader wrote it
  public record Entry(long timestampMillis, List<RowBatch> batches) {}

  /// What a reader gets from another server.
  public record Chunk(long latestOffset, List<RowRun> runs) {}

  /// Bytes of a batch in an entry.
  public static int size(RowBatch batch) {
    return BATCH_HEADER + batch.rows().remaining();
  }

  public static ByteBuffer encodeEntry(Entry entry) {
    int size = ENTRY_HEADER;
    for (RowBatch batch : entry.batches()) {
      size += size(batch);
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(entry.timestampMillis()).putInt(entry.batches().size());
    entry.batches().forEach(batch -> put(out, batch));
    return out.flip();
  }

  public static Entry decodeEntry(ByteBuffer bytes) {
    return decode(
        "entry",
        bytes,
        in -> {
          long time = in.getLong();
          int count = in.getInt();
          List<RowBatch> batches = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            batches.add(batch(in));
          }
          return new Entry(time, batches);
        });
  }

  public static byte[] encodeBatch(RowBatch batch) {
    ByteBuffer out = ByteBuffer.allocate(1 + size(batch));
    out.put(VERSION);
    put(out, batch);
    return out.array();
  }

  /// Whoever appends is to be believed no more than the bytes, so each row is looked at. What is in
  /// a log has been.
  public static RowBatch decodeBatch(byte[] bytes) {
    return decode(
        "batch",
        ByteBuffer.wrap(bytes),
        in -> {
          RowBatch batch = batch(in);
          checkLengths(batch);
          return batch;
        });
  }

  private static void checkLengths(RowBatch batch) {
    ByteBuffer rows = batch.rows();
    int at = 0;
    for (int i = 0; i < batch.count(); i++) {
      if (rows.limit() - at < Integer.BYTES) {
        throw new BufferUnderflowException();
      }
      int length = rows.getInt(at);
      at += Integer.BYTES;
      if (length < 0 || length > rows.limit() - at) {
        throw new BufferUnderflowException();
      }
      at += length;
    }
    if (at != rows.limit()) {
      throw new BufferUnderflowException();
    }
  }

  private static void put(ByteBuffer out, RowBatch batch) {
    RowKey key = batch.key();
    out.putLong(key.high()).putLong(key.low()).putLong(key.content());
    out.put((byte) (key.isKept() ? 1 : 0));
    out.putInt(batch.count()).putInt(batch.rows().remaining()).put(batch.rows().duplicate());
  }

  private static RowBatch batch(ByteBuffer in) {
    RowKey key = new RowKey(in.getLong(), in.getLong(), in.getLong(), in.get() == 1);
    int count = in.getInt();
    if (count < 1) {
      throw new BufferUnderflowException();
    }
    return new RowBatch(key, count, slice(in, in.getInt()));
  }

  private static ByteBuffer slice(ByteBuffer in, int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
    return slice;
  }

  public static byte[] encodeResults(List<AppendResult> results) {
    List<byte[]> texts = new ArrayList<>();
    int size = 1 + Integer.BYTES;
    for (AppendResult result : results) {
      byte[] text =
          switch (result) {
            case Elsewhere elsewhere ->
                elsewhere.leader().orElse("").getBytes(StandardCharsets.UTF_8);
            case Unknown unknown -> unknown.reason().getBytes(StandardCharsets.UTF_8);
            case Appended _, OtherRows _, KeysFull _, Busy _ -> new byte[0];
          };
      texts.add(text);
      size += 1 + Long.BYTES + Integer.BYTES + 1 + Integer.BYTES + text.length;
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putInt(results.size());
    for (int i = 0; i < texts.size(); i++) {
      byte[] text = texts.get(i);
      switch (results.get(i)) {
        case Appended appended ->
            out.put((byte) 0)
                .putLong(appended.offset())
                .putInt(appended.count())
                .put((byte) (appended.again() ? 1 : 0));
        case OtherRows _ -> out.put((byte) 1);
        case KeysFull _ -> out.put((byte) 2);
        case Busy _ -> out.put((byte) 3);
        case Elsewhere _ -> out.put((byte) 4).putInt(text.length).put(text);
        case Unknown _ -> out.put((byte) 5).putInt(text.length).put(text);
      }
    }
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  public static List<AppendResult> decodeResults(ByteBuffer bytes) {
    return decode(
        "result",
        bytes,
        in -> {
          int count = in.getInt();
          List<AppendResult> results = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            byte kind = in.get();
            results.add(
                switch (kind) {
                  case 0 -> new Appended(in.getLong(), in.getInt(), in.get() == 1);
                  case 1 -> new OtherRows();
                  case 2 -> new KeysFull();
                  case 3 -> new Busy();
                  case 4 ->
                      new Elsewhere(Optional.of(text(in)).filter(leader -> !leader.isEmpty()));
                  default -> new Unknown(text(in));
                });
          }
          return results;
        });
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(slice(in, in.getInt())).toString();
  }

  public static ByteBuffer encodeChunk(Chunk chunk) {
    int size = ENTRY_HEADER;
    for (RowRun run : chunk.runs()) {
      size += RUN_HEADER + run.rows().remaining();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.put(VERSION).putLong(chunk.latestOffset()).putInt(chunk.runs().size());
    for (RowRun run : chunk.runs()) {
      out.putLong(run.offset()).putLong(run.timestampMillis()).putInt(run.count());
      out.putInt(run.rows().remaining()).put(run.rows().duplicate());
    }
    return out.flip();
  }

  public static Chunk decodeChunk(byte[] bytes) {
    return decode(
        "chunk",
        ByteBuffer.wrap(bytes),
        in -> {
          long latest = in.getLong();
          int count = in.getInt();
          List<RowRun> runs = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            runs.add(new RowRun(in.getLong(), in.getLong(), in.getInt(), slice(in, in.getInt())));
          }
          return new Chunk(latest, runs);
        });
  }

  private static <T> T decode(String what, ByteBuffer bytes, Function<ByteBuffer, T> reader) {
    ByteBuffer in = bytes.duplicate();
    try {
      byte version = in.get();
      if (version != VERSION) {
        throw new CuveeException(
            ErrorCode.UNSUPPORTED_VERSION,
            "A "
                + what
                + " of a row log has version "
                + version
                + "; this release reads "
                + VERSION
                + ". Use the same release on all nodes.");
      }
      T value = reader.apply(in);
      if (in.hasRemaining()) {
        throw new BufferUnderflowException();
      }
      return value;
    } catch (BufferUnderflowException e) {
      throw new CuveeException(
          ErrorCode.PROTOCOL, "A " + what + " of a row log has the wrong length.", e);
    }
  }
}
