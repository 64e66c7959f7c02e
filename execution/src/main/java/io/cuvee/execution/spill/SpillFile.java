package io.cuvee.execution.spill;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.zip.CRC32C;
import org.xerial.snappy.Snappy;

/// Pages in a temporary file, which is deleted when this is closed. Thread-safe.
///
/// Layout, little-endian: frames, one a page, each
///
/// | bytes | field |
/// |---|---|
/// | 4 | [#MAGIC], whose last byte is the version |
/// | 4 | length of the page |
/// | 4 | length of what is stored |
/// | 4 | CRC32C of the two lengths and of what is stored |
/// | n | the page ([PageCodec]), compressed with Snappy |
///
/// Who writes a frame remembers where; nothing else finds it.
public final class SpillFile implements AutoCloseable {
  static final int MAGIC = 0x01_50_53_43;
  static final int HEADER_BYTES = 16;

  private static final int MOST_SCRATCH_BYTES = 1 << 21;

  private final Spill spill;
  private final SpillDirectory directory;
  private final Path path;
  private final FileChannel channel;

  // Guarded by this.
  private ByteWriter scratch = new ByteWriter();
  private byte[] compressed = new byte[0];
  private long end;
  private boolean closed;

  private SpillFile(Spill spill, SpillDirectory directory, Path path, FileChannel channel) {
    this.spill = spill;
    this.directory = directory;
    this.path = path;
    this.channel = channel;
  }

  static SpillFile create(Spill spill, SpillDirectory directory) {
    Path path = directory.newFile();
    try {
      FileChannel channel =
          FileChannel.open(
              path,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      return new SpillFile(spill, directory, path, channel);
    } catch (IOException e) {
      throw directory.failed("make", path, e);
    }
  }

  Path path() {
    return path;
  }

  Spill spill() {
    return spill;
  }

  /// Writes a page.
  ///
  /// @return where it is
  /// @throws CuveeException `QUOTA_EXCEEDED` beyond the limits, `IO` if the disk refuses
  public synchronized long append(Page page) {
    scratch.clear();
    PageCodec.write(scratch, page);
    int length = scratch.size();
    int room = HEADER_BYTES + Snappy.maxCompressedLength(length);
    if (compressed.length < room) {
      compressed = new byte[room];
    }
    long at = end;
    try {
      int stored = Snappy.compress(scratch.array(), 0, length, compressed, HEADER_BYTES);
      ByteBuffer frame =
          ByteBuffer.wrap(compressed, 0, HEADER_BYTES + stored).order(ByteOrder.LITTLE_ENDIAN);
      frame.putInt(0, MAGIC).putInt(4, length).putInt(8, stored);
      frame.putInt(12, checksum(compressed, stored));
      spill.reserve(frame.remaining());
      // Counted before it is written: what a failure leaves half done is given back on closing.
      end += frame.remaining();
      long position = at;
      while (frame.hasRemaining()) {
        position += channel.write(frame, position);
      }
    } catch (IOException e) {
      throw directory.failed("write", path, e);
    }
    if (compressed.length > MOST_SCRATCH_BYTES) {
      compressed = new byte[0];
      scratch = new ByteWriter();
    }
    return at;
  }

  private static int checksum(byte[] frame, int stored) {
    CRC32C crc = new CRC32C();
    crc.update(frame, 4, 8);
    crc.update(frame, HEADER_BYTES, stored);
    return (int) crc.getValue();
  }

  /// Reads a page.
  ///
  /// @param at where [#append] put it
  /// @throws CuveeException `IO` if the bytes are not those that were written
  public Page read(long at, List<ColumnType> types) {
    try {
      byte[] header = new byte[HEADER_BYTES];
      readFully(header, 0, HEADER_BYTES, at);
      ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
      int length = fields.getInt(4);
      int stored = fields.getInt(8);
      if (fields.getInt(0) != MAGIC || stored < 0 || stored > channel.size() - at - HEADER_BYTES) {
        throw damaged(at);
      }
      byte[] frame = new byte[HEADER_BYTES + stored];
      System.arraycopy(header, 0, frame, 0, HEADER_BYTES);
      readFully(frame, HEADER_BYTES, stored, at + HEADER_BYTES);
      if (checksum(frame, stored) != fields.getInt(12)) {
        throw damaged(at);
      }
      byte[] page = new byte[length];
      Snappy.uncompress(frame, HEADER_BYTES, stored, page, 0);
      return PageCodec.read(new ByteReader(page), types);
    } catch (IOException e) {
      throw directory.failed("read", path, e);
    }
  }

  private void readFully(byte[] target, int offset, int length, long at) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, length);
    long position = at;
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer, position);
      if (count < 0) {
        throw damaged(at);
      }
      position += count;
    }
  }

  private CuveeException damaged(long at) {
    return new CuveeException(
        ErrorCode.IO,
        "The temporary file "
            + path
            + " does not hold at "
            + at
            + " what was written there. Run the query again; if it happens again, check the disk, or name another"
            + " folder with "
            + directory.config().directorySetting()
            + ".");
  }

  @Override
  public void close() {
    long bytes;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      bytes = end;
    }
    spill.closed(this, bytes);
    try {
      channel.close();
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw directory.failed("delete", path, e);
    }
  }
}
