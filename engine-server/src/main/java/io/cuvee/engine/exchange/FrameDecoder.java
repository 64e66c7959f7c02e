package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.FrameFormat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import java.util.zip.CRC32C;

/// Cuts the stream of bytes into frames and checks them. What is not a frame is a `PROTOCOL` error,
/// after which nothing more is read.
final class FrameDecoder extends ByteToMessageDecoder {
  /// What a server takes before the handshake: enough for HELLO, too little for a stranger to fill
  /// memory.
  private static final int MAX_FIRST_FRAME_BYTES = 64 << 10;

  private final int maxFrameBytes;
  private boolean first = true;
  private boolean broken;

  FrameDecoder(int maxFrameBytes) {
    this.maxFrameBytes = maxFrameBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (in.readableBytes() < FrameFormat.LENGTH_BYTES) {
      return;
    }
    int start = in.readerIndex();
    long length = in.getUnsignedIntLE(start);
    int most = first ? MAX_FIRST_FRAME_BYTES : maxFrameBytes;
    if (length < FrameFormat.HEADER_BYTES || length > most) {
      throw damaged(in, "a frame of " + length + " bytes; at most " + most + " are taken here");
    }
    if (in.readableBytes() > FrameFormat.LENGTH_BYTES
        && in.getUnsignedByte(start + FrameFormat.LENGTH_BYTES) != FrameFormat.VERSION) {
      throw damaged(
          in,
          "frame layout "
              + in.getUnsignedByte(start + FrameFormat.LENGTH_BYTES)
              + ", where this build knows "
              + FrameFormat.VERSION);
    }
    if (in.readableBytes() < FrameFormat.LENGTH_BYTES + length) {
      return;
    }
    in.skipBytes(FrameFormat.LENGTH_BYTES + 1);
    int type = in.readUnsignedByte();
    in.skipBytes(2);
    long requestId = in.readLongLE();
    int expected = in.readIntLE();
    byte[] payload = new byte[(int) length - FrameFormat.HEADER_BYTES];
    in.readBytes(payload);
    CRC32C crc = new CRC32C();
    crc.update(payload);
    if ((int) crc.getValue() != expected) {
      throw damaged(
          in,
          String.format(
              "a payload of type %d with checksum %08x where %08x was expected",
              type, (int) crc.getValue(), expected));
    }
    first = false;
    out.add(new Frame(type, requestId, payload));
  }

  private CuveeException damaged(ByteBuf in, String what) {
    broken = true;
    in.skipBytes(in.readableBytes());
    return new CuveeException(ErrorCode.PROTOCOL, "Damaged frame: " + what + ".");
  }
}
