package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/// What a table makes of numbered events, and what answers must be then. Thread-safe.
interface EventTable {
  /// Of the JSON schema, beside `part` and the number `n`: members that end with a comma.
  String schema();

  /// Of the table's JSON config: members that end with a comma.
  String config();

  /// Of its `tableIndexConfig`: members that end with a comma.
  String indexing();

  /// Of the event, beside `part` and `n`: members that begin with a comma.
  String fields(int partition, long n);

  /// Compares a row of `part, COUNT(*), MAX(n), SUM(n)` with the events of the partition up to the
  /// largest number in it; later calls have no smaller ones.
  ///
  /// @return what is wrong
  Optional<String> compare(JsonNode row);

  /// The same for `part, COUNT(*), COUNT(DISTINCT n), MIN(n), MAX(n)`, when all events have come.
  ///
  /// @param events of the partition
  Optional<String> compareAll(JsonNode row, long events);
}
