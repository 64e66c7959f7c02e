package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import java.util.zip.CRC32C;

/// One frame as it came; see [FrameFormat].
record Frame(int type, long requestId, byte[] payload) {
  static final int PREFIX_BYTES = FrameFormat.LENGTH_BYTES + FrameFormat.HEADER_BYTES;

  /// A frame ready to be sent.
  ///
  /// @param payload writes the payload
  static ByteBuf encode(int type, long requestId, Consumer<ByteWriter> payload) {
    ByteWriter out = new ByteWriter(256);
    append(out, type, requestId, payload);
    return Unpooled.wrappedBuffer(out.array(), 0, out.size());
  }

  /// Appends a frame to what is ready to be sent.
  static void append(ByteWriter out, int type, long requestId, Consumer<ByteWriter> payload) {
    int start = out.size();
    out.writeInt(0)
        .writeByte(FrameFormat.VERSION)
        .writeByte(type)
        .writeByte(0)
        .writeByte(0)
        .writeLong(requestId)
        .writeInt(0);
    payload.accept(out);
    int length = out.size() - start - FrameFormat.LENGTH_BYTES;
    CRC32C crc = new CRC32C();
    crc.update(out.array(), start + PREFIX_BYTES, out.size() - start - PREFIX_BYTES);
    putInt(out.array(), start, length);
    putInt(out.array(), start + PREFIX_BYTES - 4, (int) crc.getValue());
  }

  private static void putInt(byte[] bytes, int offset, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[offset + i] = (byte) (value >>> 8 * i);
    }
  }

  static ByteBuf error(long requestId, CuveeException failure) {
    return encode(
        FrameFormat.ERROR,
        requestId,
        out ->
            out.writeVarInt(failure.code().number())
                .writeString(String.valueOf(failure.getMessage())));
  }
}
