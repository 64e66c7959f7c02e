package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.format.SegmentFormat;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/// Writes a gzip file in which no bit can change unnoticed. Gzip's own checksum is for what was
/// compressed; its header, and the bits that fill up the last byte, have none. This one is for the
/// whole file, and lies in the header's extra field (RFC 1952), which other programs skip:
///
/// | at | bytes | |
/// |---|---|---|
/// | 0 | 10 | gzip's header, with the flag FEXTRA and neither time nor system |
/// | 10 | 2 | 12, the length of the extra field |
/// | 12 | 4 | the subfield's id `Cv` and its length 8 |
/// | 16 | 4 | `SEAL` |
/// | 20 | 4 | CRC32C of the file as if these four bytes were 0 |
/// | 24 | | what gzip has after its header |
///
/// Numbers are little-endian.
final class SealedGzip extends DeflaterOutputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int EXTRA_FIELD = 10;
  private static final int SEAL = 16;
  private static final int CHECKSUM = 20;
  private static final int HEADER_BYTES = 24;
  private static final byte[] HEADER = header();

  private final Path path;
  private final CRC32 content = new CRC32();
  private final CRC32C whole;
  private boolean sealed;

  private SealedGzip(Path path, OutputStream file, CRC32C whole) {
    // Packed bits hardly get smaller with more effort.
    super(
        new CheckedOutputStream(file, whole),
        new Deflater(Deflater.BEST_SPEED, true),
        BUFFER_BYTES);
    this.path = path;
    this.whole = whole;
  }

  private static byte[] header() {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(new byte[] {0x1f, (byte) 0x8b, Deflater.DEFLATED, 4, 0, 0, 0, 0, 0, (byte) 255});
    header.putShort((short) 12);
    header.put((byte) 'C').put((byte) 'v').putShort((short) 8);
    header.put("SEAL".getBytes(StandardCharsets.US_ASCII));
    return header.array();
  }

  /// @param path written anew; without its seal until this is closed
  static SealedGzip create(Path path) throws IOException {
    OutputStream file = new BufferedOutputStream(Files.newOutputStream(path), BUFFER_BYTES);
    SealedGzip gzip = new SealedGzip(path, file, new CRC32C());
    try {
      gzip.out.write(HEADER);
      return gzip;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    super.write(bytes, offset, length);
    content.update(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (sealed) {
      return;
    }
    sealed = true;
    try {
      finish();
      ByteBuffer trailer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      trailer.putInt((int) content.getValue()).putInt((int) def.getBytesRead());
      out.write(trailer.array());
    } finally {
      def.end();
      out.close();
    }
    ByteBuffer checksum = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    checksum.putInt((int) whole.getValue()).flip();
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
      file.write(checksum, CHECKSUM);
    }
  }

  /// Checks a file that has a seal; other files pass.
  ///
  /// @throws CuveeException `INVALID_INPUT` if a bit has changed, or a byte is missing or too many
  static void check(Path path) throws IOException {
    try (InputStream file = Files.newInputStream(path)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      int read = file.readNBytes(buffer, 0, HEADER_BYTES);
      if (read < HEADER_BYTES || !isSealed(buffer)) {
        return;
      }
      ByteBuffer bytes = ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN);
      int expected = bytes.getInt(CHECKSUM);
      bytes.putInt(CHECKSUM, 0);
      CRC32C whole = new CRC32C();
      for (; read > 0; read = file.read(buffer)) {
        whole.update(buffer, 0, read);
      }
      int found = (int) whole.getValue();
      if (found != expected) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            "Archive "
                + path.getFileName()
                + " is damaged: it was packed with checksum "
                + SegmentFormat.hex(expected)
                + " and has "
                + SegmentFormat.hex(found)
                + ". Send it again, or the archive of one segment packed anew.");
      }
    }
  }

  /// Either half of the marks will do, so that damage to one does not hide the other; each is too
  /// long to be met by chance.
  private static boolean isSealed(byte[] start) {
    return Arrays.equals(start, EXTRA_FIELD, SEAL, HEADER, EXTRA_FIELD, SEAL)
        || Arrays.equals(start, SEAL, CHECKSUM, HEADER, SEAL, CHECKSUM);
  }
}
