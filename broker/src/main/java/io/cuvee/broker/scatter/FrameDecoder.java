package io.cuvee.broker.scatter;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.FrameFormat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.zip.CRC32C;

/// Cuts the stream of bytes into frames; see [FrameFormat].
final class FrameDecoder extends ByteToMessageDecoder {
  private final CRC32C crc = new CRC32C();

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (in.readableBytes() < FrameFormat.LENGTH_BYTES) {
      return;
    }
    int length = in.getIntLE(in.readerIndex());
    if (length < FrameFormat.HEADER_BYTES || length > FrameFormat.MAX_FRAME_BYTES) {
      throw damaged("a frame of " + length + " bytes");
    }
    if (in.readableBytes() < FrameFormat.LENGTH_BYTES + length) {
      return;
    }
    in.skipBytes(FrameFormat.LENGTH_BYTES);
    int version = in.readUnsignedByte();
    int type = in.readUnsignedByte();
    in.skipBytes(2);
    long requestId = in.readLongLE();
    int expected = in.readIntLE();
    if (version != FrameFormat.VERSION) {
      throw damaged(
          "a frame of version " + version + ", where " + FrameFormat.VERSION + " is spoken");
    }
    byte[] payload = new byte[length - FrameFormat.HEADER_BYTES];
    in.readBytes(payload);
    crc.reset();
    crc.update(payload);
    if ((int) crc.getValue() != expected) {
      throw damaged("a frame whose checksum is wrong");
    }
    out.add(new Frame(type, requestId, payload));
  }

  private static CuveeException damaged(String what) {
    return new CuveeException(
        ErrorCode.PROTOCOL, "A server sent " + what + "; the connection is closed.");
  }
}
