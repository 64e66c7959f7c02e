package io.cuvee.ingest.stream.rows;

import java.time.Duration;
import java.util.List;

/// This server's replica of the log of one partition. Thread-safe.
///
/// Its methods throw [io.cuvee.common.error.CuveeException] `IO` if the replica does not work.
public interface RowLog {
  /// The longest content of a batch.
  int MAX_BATCH_BYTES = 5 << 20;

  /// Appends rows, if this replica leads, and waits until they are durable on a majority.
  AppendResult append(RowBatch batch, Duration timeout) throws InterruptedException;

  /// Rows from an offset on that are durable on a majority, as far as this replica knows; waits for
  /// the first of them. At least one run if there is one, whatever its size.
  ///
  /// @throws io.cuvee.common.error.CuveeException `IO` if the log does not have the offset any more
  List<RowRun> read(long offset, int maxBytes, Duration timeout) throws InterruptedException;

  /// Of the first row that is still there.
  long earliestOffset();

  /// Of the next row, as far as this replica knows.
  long latestOffset();

  /// All rows before an offset are safe elsewhere: this replica need not keep them.
  void forget(long offset);

  /// Makes these the members, if this replica leads.
  ///
  /// @return whether they are now
  boolean changeMembers(List<RowPeer> members);
}
