package io.cuvee.segment.index.text;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.text.TextIndexer;
import io.cuvee.execution.text.TextQuery;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.TextIndex;
import io.cuvee.segment.format.ColumnMetadata;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;

/// A mapped text index, opened when it is first asked. Layout: [TextIndexFormat]. It holds nothing
/// that had to be closed: the memory is the segment's.
public final class MappedTextIndex implements TextIndex {
  private final ColumnMetadata column;
  private final MemorySegment buffer;
  private volatile @Nullable DirectoryReader opened;

  /// @param buffer of the current version
  public MappedTextIndex(ColumnMetadata column, MemorySegment buffer) {
    this.column = column;
    this.buffer = buffer;
  }

  /// Two threads may both open it; one of the readers stays.
  private DirectoryReader reader() throws IOException {
    DirectoryReader reader = opened;
    if (reader == null) {
      reader = DirectoryReader.open(new PackedDirectory(buffer));
      long texts = column.hasDictionary() ? column.statistics().cardinality() : column.valueCount();
      if (reader.maxDoc() != texts) {
        throw new CorruptIndexException(
            "it is of " + reader.maxDoc() + " texts, expected " + texts, column.name());
      }
      opened = reader;
    }
    return reader;
  }

  @Override
  public long[] find(TextQuery query) {
    try {
      return query.find(reader());
    } catch (IOException | RuntimeException damaged) {
      throw corrupt(damaged);
    }
  }

  /// Whether it is that of the column's texts.
  ///
  /// @throws CuveeException `CORRUPT_SEGMENT` if it cannot be read at all
  public boolean fits(SegmentColumn source) {
    try (ByteBuffersDirectory directory = new ByteBuffersDirectory();
        TextIndexer indexer = new TextIndexer(directory)) {
      DirectoryReader found = reader();
      for (LeafReaderContext leaf : found.leaves()) {
        leaf.reader().checkIntegrity();
      }
      TextIndexFormat.index(source, indexer);
      indexer.finish();
      try (DirectoryReader expected = DirectoryReader.open(directory)) {
        return TextComparison.areSame(found, expected);
      }
    } catch (IOException | RuntimeException damaged) {
      throw corrupt(damaged);
    }
  }

  private CuveeException corrupt(Exception cause) {
    return new CuveeException(
        ErrorCode.CORRUPT_SEGMENT,
        "The text index of column '" + column.name() + "' is damaged: " + cause.getMessage(),
        cause);
  }
}
