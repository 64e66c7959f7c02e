package io.cuvee.broker.routing;

import io.cuvee.cluster.state.SegmentRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What the planner is told of a table's rows, from the records of its segments.
///
/// @param distinctCounts how many values columns have, roughly; those of which that is not known
///   are not there
record TableStatistics(long rows, Map<String, Long> distinctCounts) {
  static final TableStatistics NONE = new TableStatistics(0, Map.of());

  /// Where a segment has so many rows a value, its values are taken to be those of all segments;
  /// else each segment is taken to bring its own.
  private static final int REPEATED = 10;

  static TableStatistics of(Collection<SegmentRecord> records) {
    long rows = 0;
    Map<String, Long> most = new HashMap<>();
    Set<String> unknown = new HashSet<>();
    for (SegmentRecord record : records) {
      rows += record.totalDocs();
      if (record.totalDocs() == 0) {
        continue;
      }
      record
          .distinctCounts()
          .forEach((column, count) ->
              most.merge(
                  column, count, count * REPEATED <= record.totalDocs() ? Math::max : Long::sum));
    }
    for (SegmentRecord record : records) {
      for (String column : most.keySet()) {
        if (record.totalDocs() > 0 && !record.distinctCounts().containsKey(column)) {
          unknown.add(column);
        }
      }
    }
    most.keySet().removeAll(unknown);
    return new TableStatistics(rows, Map.copyOf(most));
  }
}
