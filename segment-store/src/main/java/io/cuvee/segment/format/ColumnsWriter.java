package io.cuvee.segment.format;

import io.cuvee.common.error.CuveeException;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/// Writes buffers to `columns.bin`, one after the other. Not thread-safe. Failures are
/// `CuveeException` `IO`.
public final class ColumnsWriter implements AutoCloseable {
  private static final int STAGING_BYTES = 1 << 18;
  private static final int PART_STAGING_BYTES = 1 << 16;

  /// It takes as many bytes to say where a buffer is.
  private static final int MIN_SHARED_BYTES = 64;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfInt INTS =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONGS =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final FileChannel channel;
  private final List<BufferEntry> buffers = new ArrayList<>();
  private final byte[] staging;
  private final MemorySegment stagingSegment;
  private final CRC32C crc = new CRC32C();
  private int staged;
  private long position;
  private long bufferStart;

  private ColumnsWriter(Path file, FileChannel channel, long position, int stagingBytes) {
    this.staging = new byte[stagingBytes];
    this.stagingSegment = MemorySegment.ofArray(staging);
    this.file = file;
    this.channel = channel;
    this.position = position;
  }

  /// Begins a new file in `directory`.
  public static ColumnsWriter create(Path directory) {
    Path file = directory.resolve(ColumnsFormat.FILE);
    try {
      FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      ColumnsWriter writer = new ColumnsWriter(file, channel, 0, STAGING_BYTES);
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
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
      channel.truncate(map.columnsLength());
      ColumnsWriter writer = new ColumnsWriter(file, channel, map.columnsLength(), STAGING_BYTES);
      writer.buffers.addAll(map.buffers());
      return writer;
    } catch (IOException e) {
      throw SegmentFormat.io("open", file, e);
    }
  }

  /// Begins buffers that this writer will [#take], in a file of their own that vanishes with it.
  /// Many may be written at a time, each by one thread.
  ///
  /// @param number distinguishes it from others
  public ColumnsWriter part(int number) {
    Path part = file.resolveSibling(".part-" + number + "-" + ColumnsFormat.FILE);
    try {
      return new ColumnsWriter(
          part,
          FileChannel.open(
              part,
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE),
          0,
          PART_STAGING_BYTES);
    } catch (IOException e) {
      throw SegmentFormat.io("create", part, e);
    }
  }

  /// Adds the buffers of a part, as if they had been written here.
  ///
  /// @param owners gives each owner its name here
  public void take(ColumnsWriter part, UnaryOperator<String> owners) {
    try {
      for (BufferEntry entry : part.buffers) {
        String owner = owners.apply(entry.column());
        BufferEntry here =
            new BufferEntry(owner, entry.kind(), position, entry.length(), entry.crc());
        if (!share(here, part, entry)) {
          channel.position(position);
          for (long done = 0; done < entry.length(); ) {
            long count =
                part.channel.transferTo(entry.offset() + done, entry.length() - done, channel);
            if (count <= 0) {
              throw new EOFException("It ends in " + entry);
            }
            done += count;
            position += count;
          }
          add(here);
        }
      }
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
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

  /// Ends the buffer that was begun. If another has the same bytes, as those of columns that are
  /// functions of each other often have, there is one place for both.
  public void end(String column, BufferKind kind) {
    flush();
    BufferEntry written =
        new BufferEntry(column, kind, bufferStart, position - bufferStart, (int) crc.getValue());
    if (share(written, this, written)) {
      position = bufferStart;
    } else {
      add(written);
    }
  }

  private void add(BufferEntry written) {
    buffers.add(written);
    int padding = (int) (SegmentFormat.aligned(position) - position);
    drain(new byte[padding], padding);
  }

  /// Gives a buffer the place of an earlier one with the same bytes, if there is one.
  ///
  /// @param source where the bytes are, as `place` says
  private boolean share(BufferEntry written, ColumnsWriter source, BufferEntry place) {
    for (BufferEntry earlier : buffers) {
      if (written.length() >= MIN_SHARED_BYTES
          && earlier.length() == written.length()
          && earlier.crc() == written.crc()
          && earlier.kind() == written.kind()
          && isSame(earlier, source, place)) {
        buffers.add(
            new BufferEntry(
                written.column(),
                written.kind(),
                earlier.offset(),
                earlier.length(),
                earlier.crc()));
        return true;
      }
    }
    return false;
  }

  private boolean isSame(BufferEntry here, ColumnsWriter source, BufferEntry there) {
    ByteBuffer ofHere = ByteBuffer.allocate(STAGING_BYTES);
    ByteBuffer ofThere = ByteBuffer.allocate(STAGING_BYTES);
    try {
      for (long done = 0; done < here.length(); done += STAGING_BYTES) {
        int part = (int) Math.min(STAGING_BYTES, here.length() - done);
        if (!read(here.offset() + done, ofHere.clear().limit(part))
            .equals(source.read(there.offset() + done, ofThere.clear().limit(part)))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw SegmentFormat.io("read", file, e);
    }
  }

  private ByteBuffer read(long from, ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (channel.read(target, from + target.position()) < 0) {
        throw new EOFException("It ends before " + (from + target.limit()));
      }
    }
    return target.flip();
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

  public void putShort(int value) {
    reserve(2);
    SHORT.set(staging, staged, (short) value);
    staged += 2;
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

  /// Puts the low 16 bits of `values[from..from + count)`.
  public void putShorts(int[] values, int from, int count) {
    for (int done = 0; done < count; ) {
      reserve(Short.BYTES);
      int part = Math.min(count - done, (staging.length - staged) / Short.BYTES);
      for (int i = 0; i < part; i++) {
        SHORT.set(staging, staged + 2 * i, (short) values[from + done + i]);
      }
      staged += part * Short.BYTES;
      done += part;
    }
  }

  public void putInts(int[] values, int count) {
    for (int done = 0; done < count; ) {
      reserve(Integer.BYTES);
      int part = Math.min(count - done, (staging.length - staged) / Integer.BYTES);
      MemorySegment.copy(values, done, stagingSegment, INTS, staged, part);
      staged += part * Integer.BYTES;
      done += part;
    }
  }

  public void putLongs(long[] values, int count) {
    for (int done = 0; done < count; ) {
      reserve(Long.BYTES);
      int part = Math.min(count - done, (staging.length - staged) / Long.BYTES);
      MemorySegment.copy(values, done, stagingSegment, LONGS, staged, part);
      staged += part * Long.BYTES;
      done += part;
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
      channel.truncate(position);
      channel.force(true);
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
    }
  }

  /// Waits until all is on disk.
  public void force() {
    try {
      channel.truncate(position);
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
