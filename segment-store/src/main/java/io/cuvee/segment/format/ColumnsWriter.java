package io.cuvee.segment.format;

import io.cuvee.common.error.CuveeException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;

/// Writes buffers to `columns.bin`, one after the other. Not thread-safe. Failures are
/// `CuveeException` `IO`.
public final class ColumnsWriter implements AutoCloseable {
  private static final int STAGING_BYTES = 1 << 18;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final FileChannel channel;
  private final List<BufferEntry> buffers = new ArrayList<>();
  private final byte[] staging = new byte[STAGING_BYTES];
  private final CRC32C crc = new CRC32C();
  private int staged;
  private long position;
  private long bufferStart;

  private ColumnsWriter(Path file, FileChannel channel, long position) {
    this.file = file;
    this.channel = channel;
    this.position = position;
  }

  /// Begins a new file in `directory`.
  public static ColumnsWriter create(Path directory) {
    Path file = directory.resolve(ColumnsFormat.FILE);
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      ColumnsWriter writer = new ColumnsWriter(file, channel, 0);
      // Its place; the header is written when the CRC is known.
      writer.drain(new byte[ColumnsFormat.HEADER_BYTES], ColumnsFormat.HEADER_BYTES);
      return writer;
    } catch (IOException e) {
      throw SegmentFormat.io("create", file, e);
    }
  }

  /// Continues a file behind the bytes that its map says are in use; what an interrupted change
  /// left there goes.
  public static ColumnsWriter append(Path directory, IndexMap map) {
    Path file = directory.resolve(ColumnsFormat.FILE);
    try {
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      channel.truncate(map.columnsLength());
      ColumnsWriter writer = new ColumnsWriter(file, channel, map.columnsLength());
      writer.buffers.addAll(map.buffers());
      return writer;
    } catch (IOException e) {
      throw SegmentFormat.io("open", file, e);
    }
  }

  /// That of the file.
  public Path directory() {
    return Objects.requireNonNull(file.getParent());
  }

  /// Begins a buffer; what is put from now on belongs to it.
  public void begin() {
    bufferStart = position;
    crc.reset();
  }

  /// Ends the buffer that was begun.
  public void end(String column, BufferKind kind) {
    flush();
    buffers.add(
        new BufferEntry(column, kind, bufferStart, position - bufferStart, (int) crc.getValue()));
    int padding = (int) (SegmentFormat.aligned(position) - position);
    drain(new byte[padding], padding);
  }

  /// Copies a buffer of another segment's file, and checks its checksum.
  ///
  /// @throws CuveeException `CORRUPT_SEGMENT` if it is not what the entry says
  public void copy(Path source, BufferEntry entry) {
    begin();
    try (FileChannel from = FileChannel.open(source, StandardOpenOption.READ)) {
      byte[] part = new byte[STAGING_BYTES];
      for (long done = 0; done < entry.length(); ) {
        int wanted = (int) Math.min(part.length, entry.length() - done);
        int read = from.read(ByteBuffer.wrap(part, 0, wanted), entry.offset() + done);
        if (read < 0) {
          throw SegmentFormat.corrupt(source, entry + " is cut off after " + done + " bytes");
        }
        put(part, 0, read);
        done += read;
      }
    } catch (IOException e) {
      throw SegmentFormat.io("read", source, e);
    }
    end(entry.column(), entry.kind());
    int found = buffers.getLast().crc();
    if (found != entry.crc()) {
      throw SegmentFormat.corrupt(
          source,
          entry
              + ", has checksum "
              + SegmentFormat.hex(found)
              + ", expected "
              + SegmentFormat.hex(entry.crc()));
    }
  }

  public void putByte(int value) {
    reserve(1);
    staging[staged++] = (byte) value;
  }

  public void putInt(int value) {
    reserve(4);
    INT.set(staging, staged, value);
    staged += 4;
  }

  public void putLong(long value) {
    reserve(8);
    LONG.set(staging, staged, value);
    staged += 8;
  }

  public void put(byte[] bytes, int offset, int length) {
    for (int done = 0; done < length; ) {
      reserve(1);
      int part = Math.min(length - done, staging.length - staged);
      System.arraycopy(bytes, offset + done, staging, staged, part);
      staged += part;
      done += part;
    }
  }

  public void putInts(int[] values, int count) {
    for (int i = 0; i < count; i++) {
      putInt(values[i]);
    }
  }

  public void putLongs(long[] values, int count) {
    for (int i = 0; i < count; i++) {
      putLong(values[i]);
    }
  }

  /// The buffers that ended so far.
  public List<BufferEntry> buffers() {
    return List.copyOf(buffers);
  }

  /// Bytes up to the end of the last buffer and its padding.
  public long length() {
    return position;
  }

  /// Writes the header, and waits until all is on disk.
  public void finish(long segmentCrc) {
    try {
      ByteBuffer header = ByteBuffer.wrap(ColumnsFormat.header(segmentCrc));
      for (int at = 0; header.hasRemaining(); ) {
        at += channel.write(header, at);
      }
      channel.force(true);
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
    }
  }

  /// Waits until all is on disk.
  public void force() {
    try {
      channel.force(true);
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
    }
  }

  private void reserve(int bytes) {
    if (staged + bytes > staging.length) {
      flush();
    }
  }

  private void flush() {
    crc.update(staging, 0, staged);
    drain(staging, staged);
    staged = 0;
  }

  private void drain(byte[] bytes, int length) throws CuveeException {
    try {
      ByteBuffer source = ByteBuffer.wrap(bytes, 0, length);
      while (source.hasRemaining()) {
        position += channel.write(source, position);
      }
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw SegmentFormat.io("close", file, e);
    }
  }
}
