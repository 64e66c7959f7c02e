package io.cuvee.cluster.zookeeper;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import java.util.Arrays;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// The envelope of every znode that has a payload.
///
/// | bytes | field |
/// |---|---|
/// | 1 | version of the envelope and of what is in it, [#VERSION] |
/// | 1 | 1 if the payload is deflated, else 0 |
/// | 4 | CRC32C of all that follows, little-endian |
/// | varint | length of the payload, only if deflated |
/// | n | payload |
///
/// A znode without any bytes is only the parent of others.
final class ZnodeFormat {
  static final int VERSION = 1;

  /// ZooKeeper refuses requests of 1 MiB (`jute.maxbuffer`); names and other fields need room too.
  static final int MAX_ZNODE_BYTES = 1_000_000;

  private static final int HEADER_BYTES = 6;
  private static final int COMPRESS_FROM_BYTES = 256;
  private static final int MAX_PAYLOAD_BYTES = 64 << 20;

  private ZnodeFormat() {}

  /// @param path for the message when the payload is too large
  static byte[] encode(String path, byte[] payload) {
    boolean compress = payload.length >= COMPRESS_FROM_BYTES;
    ByteWriter body = new ByteWriter(payload.length + 16);
    if (compress) {
      body.writeVarInt(payload.length);
      deflate(payload, body);
    } else {
      body.writeRaw(payload, 0, payload.length);
    }
    ByteWriter out = new ByteWriter(body.size() + HEADER_BYTES);
    out.writeByte(VERSION).writeByte(compress ? 1 : 0);
    out.writeInt(checksum(body.array(), 0, body.size()));
    out.writeRaw(body.array(), 0, body.size());
    if (out.size() > MAX_ZNODE_BYTES) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "ZooKeeper node "
              + path
              + " would have "
              + out.size()
              + " bytes; at most "
              + MAX_ZNODE_BYTES
              + " are possible. Use more servers or fewer, larger segments.");
    }
    return out.toByteArray();
  }

  /// @throws CuveeException `INTERNAL` if the bytes are damaged, `UNSUPPORTED_VERSION` if a newer
  ///   release wrote them
  static byte[] decode(String path, byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      throw damaged(path, "has " + bytes.length + " bytes; at least " + HEADER_BYTES + " expected");
    }
    ByteReader in = new ByteReader(bytes);
    int version = in.readByte();
    if (version > VERSION) {
      throw new CuveeException(
          ErrorCode.UNSUPPORTED_VERSION,
          "ZooKeeper node "
              + path
              + " was written in format "
              + version
              + "; this release reads up to "
              + VERSION
              + ". Update this process.");
    }
    int form = in.readByte();
    int expected = in.readInt();
    int found = checksum(bytes, HEADER_BYTES, bytes.length - HEADER_BYTES);
    if (version != VERSION || form > 1 || expected != found) {
      throw damaged(
          path,
          "has checksum "
              + Integer.toHexString(found)
              + " where "
              + Integer.toHexString(expected)
              + " was expected");
    }
    if (form == 0) {
      return Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
    }
    int length = in.readVarInt();
    if (length < 0 || length > MAX_PAYLOAD_BYTES) {
      throw damaged(path, "claims " + Integer.toUnsignedString(length) + " bytes of payload");
    }
    return inflate(path, bytes, bytes.length - in.remaining(), length);
  }

  private static int checksum(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  private static void deflate(byte[] payload, ByteWriter out) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
    try {
      deflater.setInput(payload);
      deflater.finish();
      byte[] buffer = new byte[8192];
      while (!deflater.finished()) {
        out.writeRaw(buffer, 0, deflater.deflate(buffer));
      }
    } finally {
      deflater.end();
    }
  }

  private static byte[] inflate(String path, byte[] bytes, int offset, int length) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(bytes, offset, bytes.length - offset);
      byte[] payload = new byte[length];
      int size = 0;
      while (size < length) {
        int more = inflater.inflate(payload, size, length - size);
        if (more == 0) {
          throw damaged(path, "ends after " + size + " of " + length + " bytes of payload");
        }
        size += more;
      }
      return payload;
    } catch (DataFormatException e) {
      throw damaged(path, "cannot be decompressed: " + e.getMessage());
    } finally {
      inflater.end();
    }
  }

  static CuveeException damaged(String path, String how) {
    return new CuveeException(
        ErrorCode.INTERNAL,
        "ZooKeeper node "
            + path
            + " is damaged: it "
            + how
            + ". Restore it from a backup, or delete it and let its owner write it again.");
  }
}
