package io.cuvee.ingest.stream;

/// A stream that a table reads, over all of its partitions. Thread-safe but for the readers.
///
/// Its methods throw [io.cuvee.common.error.CuveeException] `IO` if the stream cannot be asked now,
/// `NOT_FOUND` if there is no such stream.
public interface StreamSource extends AutoCloseable {
  /// Partitions are numbered from 0; there may be more later, never fewer.
  int partitionCount();

  /// Of the first message that is still there, or the next one if there is none.
  long earliestOffset(int partition);

  /// Of the next message that will come.
  long latestOffset(int partition);

  PartitionReader open(int partition, long offset);

  /// All messages before an offset are in sealed segments: the stream need not keep them for us.
  default void committed(int partition, long offset) {}

  @Override
  void close();
}
