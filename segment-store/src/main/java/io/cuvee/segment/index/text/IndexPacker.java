package io.cuvee.segment.index.text;

import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.StringHelper;

/// Puts the files of an index into one buffer. The same texts give the same bytes: Lucene marks the
/// files of one index with random numbers, for which zeros are written, and notes when and where it
/// was made, which is left out. Layout: [TextIndexFormat].
final class IndexPacker {
  /// What follows in a file is its checksum, the most significant byte first.
  private static final int CHECKSUM_BYTES = 8;

  private static final byte[] ID = new byte[StringHelper.ID_LENGTH];

  private final Directory directory;
  private final List<byte[]> ids = new ArrayList<>();

  /// The descriptions of Lucene's segments, by the names of their files.
  private final Map<String, Directory> descriptions = new HashMap<>();

  IndexPacker(Directory directory) throws IOException {
    this.directory = directory;
    SegmentInfos commit = SegmentInfos.readLatestCommit(directory);
    ids.add(commit.getId());
    for (SegmentCommitInfo segment : commit) {
      ids.add(segment.getId());
      ids.add(segment.info.getId());
      describe(segment.info);
    }
  }

  private void describe(SegmentInfo info) throws IOException {
    SegmentInfo plain =
        new SegmentInfo(
            info.dir,
            info.getVersion(),
            info.getMinVersion(),
            info.name,
            info.maxDoc(),
            info.getUseCompoundFile(),
            info.getHasBlocks(),
            info.getCodec(),
            Map.of(),
            ID,
            info.getAttributes(),
            info.getIndexSort());
    plain.setFiles(info.files());
    Directory written = new ByteBuffersDirectory();
    info.getCodec().segmentInfoFormat().write(written, plain, IOContext.DEFAULT);
    for (String name : written.listAll()) {
      descriptions.put(name, written);
    }
  }

  private Directory home(String name) {
    return descriptions.getOrDefault(name, directory);
  }

  void pack(String column, ColumnsWriter out) throws IOException {
    String[] names = directory.listAll();
    long offset = 8;
    for (String name : names) {
      offset += 20 + name.getBytes(StandardCharsets.UTF_8).length;
    }
    out.begin();
    out.putInt(TextIndexFormat.VERSION);
    out.putInt(names.length);
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      long length = home(name).fileLength(name);
      out.putInt(bytes.length);
      out.put(bytes, 0, bytes.length);
      out.putLong(offset);
      out.putLong(length);
      offset += length;
    }
    for (String name : names) {
      try (IndexInput in = home(name).openInput(name, IOContext.READONCE)) {
        copy(in, out);
      }
    }
    out.end(column, BufferKind.TEXT_INDEX);
  }

  private void copy(IndexInput in, ColumnsWriter out) throws IOException {
    CRC32 crc = new CRC32();
    byte[] part = new byte[1 << 16];
    long end = in.length() - CHECKSUM_BYTES;
    for (long at = 0; at < end; ) {
      int length = (int) Math.min(part.length, end - at);
      in.readBytes(part, 0, length);
      if (at == 0) {
        clearIds(part, length);
      }
      crc.update(part, 0, length);
      out.put(part, 0, length);
      at += length;
    }
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.putByte((int) (crc.getValue() >>> shift));
    }
  }

  /// They are in the headers of files, and in the list of segments, which is short.
  private void clearIds(byte[] bytes, int length) {
    for (byte[] id : ids) {
      for (int i = 0; i + id.length <= length; i++) {
        if (Arrays.equals(bytes, i, i + id.length, id, 0, id.length)) {
          System.arraycopy(ID, 0, bytes, i, id.length);
        }
      }
    }
  }
}
