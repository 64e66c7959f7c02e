package io.cuvee.broker.routing;

import io.cuvee.cluster.state.DistinctCounts;
import io.cuvee.cluster.state.SegmentRecord;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// What the planner is told of a table's rows, from the records of its segments.
///
/// @param distinctCounts how many values columns have, roughly; those of which that is not known
///   are not there
record TableStatistics(long rows, Map<String, Long> distinctCounts) {
  static final TableStatistics NONE = new TableStatistics(0, Map.of());

  /// Where a segment has so many rows a value, its values are taken to be those of all segments;
  /// else each segment is taken to bring its own.
  private static final int REPEATED = 10;

  /// What is known of the segments that have counts of the same columns.
  private static final class Alike {
    private final List<String> columns;
    private final long[] counts;

    Alike(List<String> columns) {
      this.columns = columns;
      this.counts = new long[columns.size()];
    }

    void add(DistinctCounts more, long docs) {
      for (int i = 0; i < counts.length; i++) {
        long count = more.count(i);
        counts[i] = count * REPEATED <= docs ? Math.max(counts[i], count) : counts[i] + count;
      }
    }
  }

  static TableStatistics of(Collection<SegmentRecord> records) {
    long rows = 0;
    // By identity: comparing the names of a million segments takes longer than all the rest.
    IdentityHashMap<List<String>, Alike> groups = new IdentityHashMap<>();
    for (SegmentRecord record : records) {
      rows += record.totalDocs();
      if (record.totalDocs() > 0) {
        DistinctCounts counts = record.counts();
        groups.computeIfAbsent(counts.columns(), Alike::new).add(counts, record.totalDocs());
      }
    }
    Map<String, Long> all = new HashMap<>();
    for (Alike group : groups.values()) {
      for (int i = 0; i < group.counts.length; i++) {
        all.merge(group.columns.get(i), group.counts[i], Math::max);
      }
    }
    groups.keySet().forEach(columns -> all.keySet().retainAll(columns));
    return new TableStatistics(rows, Map.copyOf(all));
  }
}
