package io.cuvee.segment.index.text;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.text.TextIndexer;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.ColumnsWriter;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;

/// The layout of text indexes, and their writer.
///
/// An index of Lucene's, over the entries of the dictionary if the column has one, else over the
/// values: documents, of which NULLs have no words, or elements. All of its files are in one
/// buffer:
///
/// | bytes | content |
/// |---|---|
/// | 4 | [#VERSION] |
/// | 4 | how many files |
/// | … | for each: length of its name (4), name in UTF-8, offset in the buffer (8), length (8) |
/// | … | the files, one after the other |
public final class TextIndexFormat {
  /// Grows with the layout, with Lucene's own format, and whenever texts become other words: an
  /// index of another version is not read but made anew.
  public static final int VERSION = 1;

  private static final int PART = 2048;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private TextIndexFormat() {}

  /// Whether a buffer may have this length.
  public static boolean isLength(long length) {
    return length >= 8;
  }

  /// Whether such an index can be made.
  public static boolean isPossible(SegmentColumn column) {
    return column.type().dataType().isText();
  }

  /// Whether it is of the version that is read and written now.
  public static boolean isCurrent(MemorySegment buffer) {
    return buffer.get(INT, 0) == VERSION;
  }

  /// Writes the index of a column for which it [#isPossible]. What does not fit in a few dozens of
  /// megabytes is kept in files beside the segment's meanwhile.
  public static void write(SegmentColumn column, ColumnsWriter out) {
    Path files = null;
    try {
      files = Files.createTempDirectory(out.directory(), ".text-");
      try (Directory directory = new Unforced(files)) {
        try (TextIndexer indexer = new TextIndexer(directory)) {
          index(column, indexer);
          indexer.finish();
        }
        new IndexPacker(directory).pack(column.name(), out);
      }
    } catch (IOException e) {
      throw io(column.name(), e);
    } finally {
      if (files != null) {
        delete(files);
      }
    }
  }

  /// Gives all texts of a column to an indexer.
  static void index(SegmentColumn column, TextIndexer indexer) throws IOException {
    if (column.dictionary().isPresent()) {
      Dictionary dictionary = column.dictionary().get();
      for (int from = 0; from < dictionary.size(); from += PART) {
        int[] ids = new int[Math.min(PART, dictionary.size() - from)];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = from + i;
        }
        add(dictionary.values(ids, ids.length), indexer);
      }
      return;
    }
    for (int from = 0; from < column.docCount(); from += PART) {
      Values values = column.values(from, Math.min(PART, column.docCount() - from));
      add(values instanceof ArrayValues arrays ? arrays.elements() : values, indexer);
    }
  }

  private static void add(Values values, TextIndexer indexer) throws IOException {
    BytesValues texts = (BytesValues) values;
    for (int i = 0; i < texts.count(); i++) {
      if (texts.isNull(i)) {
        indexer.addNothing();
      } else {
        indexer.add(texts.text(i));
      }
    }
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      throw io(directory.toString(), e);
    }
  }

  private static CuveeException io(String what, IOException cause) {
    return new CuveeException(
        ErrorCode.IO,
        "Could not write the text index of " + what + ": " + cause.getMessage() + ".",
        cause);
  }

  /// Temporary files, which need not be on disk.
  private static final class Unforced extends FilterDirectory {
    Unforced(Path directory) throws IOException {
      super(new NIOFSDirectory(directory, NoLockFactory.INSTANCE));
    }

    @Override
    public void sync(Collection<String> names) {}

    @Override
    public void syncMetaData() {}
  }
}
