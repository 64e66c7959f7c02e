package io.cuvee.ingest.batch;

import com.github.luben.zstd.Zstd;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/// The decompressors of Parquet pages, without Hadoop's.
final class ParquetCodecs implements CompressionCodecFactory {
  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED, "Parquet files are only read, never written.");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Decompressor((in, size) -> in);
      case SNAPPY -> new Decompressor((in, size) -> Snappy.uncompress(in));
      case ZSTD -> new Decompressor((in, size) -> Zstd.decompress(in, size));
      case GZIP ->
          new Decompressor((in, size) -> {
            try (GZIPInputStream stream = new GZIPInputStream(new ByteArrayInputStream(in))) {
              return stream.readNBytes(size);
            }
          });
      case LZO, BROTLI, LZ4, LZ4_RAW ->
          throw new CuveeException(
              ErrorCode.INVALID_INPUT,
              "The Parquet file is compressed with "
                  + codec
                  + ". Write it with ZSTD, SNAPPY, GZIP or uncompressed.");
    };
  }

  @Override
  public void release() {}

  private interface Inflate {
    byte[] apply(byte[] in, int size) throws IOException;
  }

  private record Decompressor(Inflate inflate) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int decompressedSize) throws IOException {
      return BytesInput.from(checked(bytes.toInputStream().readAllBytes(), decompressedSize));
    }

    @Override
    public void decompress(
        ByteBuffer input, int compressedSize, ByteBuffer output, int decompressedSize)
        throws IOException {
      byte[] in = new byte[compressedSize];
      input.get(in);
      output.put(checked(in, decompressedSize));
    }

    private byte[] checked(byte[] in, int size) throws IOException {
      byte[] out = inflate.apply(in, size);
      if (out.length != size) {
        throw new IOException("a page of " + size + " bytes came out as " + out.length);
      }
      return out;
    }

    @Override
    public void release() {}
  }
}
