package io.cuvee.execution.text;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.document.Field;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;

/// Writes an index of texts, numbered from 0 as they come. Works in the caller's thread only. Not
/// thread-safe.
public final class TextIndexer implements AutoCloseable {
  /// The only field. No query can name it.
  public static final String FIELD = "";

  /// What is kept in memory before it goes to the directory.
  private static final int BUFFER_MEGABYTES = 32;

  private final IndexWriter writer;
  private final Field field = new Field(FIELD, "", TextAnalysis.TERMS);
  private final List<Field> document = List.of(field);

  /// @param directory empty
  public TextIndexer(Directory directory) throws IOException {
    // Merges neighbours only, so that the texts keep their numbers.
    LogDocMergePolicy merges = new LogDocMergePolicy();
    merges.setNoCFSRatio(0);
    writer =
        new IndexWriter(
            directory,
            new IndexWriterConfig(TextAnalysis.ANALYZER)
                .setMergePolicy(merges)
                .setMergeScheduler(new SerialMergeScheduler())
                .setRAMBufferSizeMB(BUFFER_MEGABYTES)
                .setUseCompoundFile(false)
                .setCommitOnClose(false));
  }

  /// Adds the next text.
  public void add(String text) throws IOException {
    field.setStringValue(text);
    writer.addDocument(document);
  }

  /// Adds the next one, that has no terms.
  public void addNothing() throws IOException {
    writer.addDocument(List.of());
  }

  /// Reads what was added so far.
  DirectoryReader reader() throws IOException {
    return DirectoryReader.open(writer);
  }

  /// Brings all to the directory, in as few files as can be.
  public void finish() throws IOException {
    writer.forceMerge(1);
    writer.commit();
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
