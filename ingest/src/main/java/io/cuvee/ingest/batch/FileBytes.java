package io.cuvee.ingest.batch;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Opens files, plain or compressed with gzip or zstd; the first bytes tell which.
final class FileBytes {
  private FileBytes() {}

  static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      raw.mark(4);
      byte[] start = raw.readNBytes(4);
      raw.reset();
      if (start.length >= 2 && (start[0] & 0xff) == 0x1f && (start[1] & 0xff) == 0x8b) {
        return new GZIPInputStream(raw, 1 << 16);
      }
      if (start.length == 4
          && (start[0] & 0xff) == 0x28
          && (start[1] & 0xff) == 0xb5
          && start[2] == 0x2f
          && (start[3] & 0xff) == 0xfd) {
        return new ZstdInputStream(raw);
      }
      return raw;
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }
}
