package io.cuvee.cluster.state;

/// Names a segment in the whole cluster.
///
/// @param table physical table, `flights_OFFLINE`
/// @param segment name, unique in the table
public record SegmentKey(String table, String segment) implements Comparable<SegmentKey> {
  @Override
  public int compareTo(SegmentKey other) {
    int tables = table.compareTo(other.table);
    return tables != 0 ? tables : segment.compareTo(other.segment);
  }

  @Override
  public String toString() {
    return table + "/" + segment;
  }
}
