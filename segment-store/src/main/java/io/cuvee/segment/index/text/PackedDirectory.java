package io.cuvee.segment.index.text;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.Lock;

/// The files of an index as they lie in one mapped buffer; they can be read and nothing else.
/// Layout: [TextIndexFormat]. Thread-safe.
final class PackedDirectory extends Directory {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// A [ByteBuffer] is not larger.
  private static final long PART_BYTES = 1 << 30;

  private final Map<String, MemorySegment> files = new TreeMap<>();

  /// @throws CorruptIndexException if the buffer is none of an index
  PackedDirectory(MemorySegment buffer) throws IOException {
    try {
      int count = buffer.get(INT, 4);
      long at = 8;
      for (int i = 0; i < count; i++) {
        int nameBytes = buffer.get(INT, at);
        String name =
            new String(
                buffer.asSlice(at + 4, nameBytes).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.UTF_8);
        at += 4L + nameBytes;
        MemorySegment file = buffer.asSlice(buffer.get(LONG, at), buffer.get(LONG, at + 8));
        at += 16;
        files.put(name, file);
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException wrong) {
      throw new CorruptIndexException("its files lie outside", "the buffer", wrong);
    }
  }

  @Override
  public String[] listAll() {
    return files.keySet().toArray(String[]::new);
  }

  private MemorySegment file(String name) throws IOException {
    MemorySegment file = files.get(name);
    if (file == null) {
      throw new FileNotFoundException(name);
    }
    return file;
  }

  @Override
  public long fileLength(String name) throws IOException {
    return file(name).byteSize();
  }

  @Override
  public IndexInput openInput(String name, IOContext context) throws IOException {
    MemorySegment file = file(name);
    List<ByteBuffer> parts = new ArrayList<>();
    for (long from = 0; parts.isEmpty() || from < file.byteSize(); from += PART_BYTES) {
      long length = Math.min(PART_BYTES, file.byteSize() - from);
      parts.add(file.asSlice(from, length).asByteBuffer());
    }
    return new ByteBuffersIndexInput(new ByteBuffersDataInput(parts), name);
  }

  private static UnsupportedOperationException readOnly() {
    return new UnsupportedOperationException("An index within a segment cannot be changed.");
  }

  @Override
  public void deleteFile(String name) {
    throw readOnly();
  }

  @Override
  public IndexOutput createOutput(String name, IOContext context) {
    throw readOnly();
  }

  @Override
  public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) {
    throw readOnly();
  }

  @Override
  public void sync(Collection<String> names) {
    throw readOnly();
  }

  @Override
  public void syncMetaData() {
    throw readOnly();
  }

  @Override
  public void rename(String source, String target) {
    throw readOnly();
  }

  @Override
  public Lock obtainLock(String name) {
    throw readOnly();
  }

  @Override
  public Set<String> getPendingDeletions() {
    return Set.of();
  }

  @Override
  public void close() {
    // The memory is the segment's.
  }
}
