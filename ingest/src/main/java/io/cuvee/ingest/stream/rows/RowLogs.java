package io.cuvee.ingest.stream.rows;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The replicas of logs that this server holds. Thread-safe.
public interface RowLogs extends AutoCloseable {
  /// Ids of the logs, which are UUIDs.
  Set<String> ids();

  Optional<RowLog> find(String id);

  /// Holds a replica of a log from now on.
  ///
  /// @param founders the members that begin the log; empty if its present members are to let this
  ///   server in
  void join(String id, List<RowPeer> founders);

  /// Lets go of a replica.
  ///
  /// @param delete whether it is deleted; else it is put aside
  void leave(String id, boolean delete);

  @Override
  void close();
}
