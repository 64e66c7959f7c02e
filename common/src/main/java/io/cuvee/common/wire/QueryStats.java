package io.cuvee.common.wire;

/// What a query, or one server's part of it, cost. Sums add up over servers.
///
/// @param segmentsQueried asked for and served
/// @param segmentsPruned skipped by min/max or other metadata
/// @param segmentsMatched with at least one row in the result
/// @param docsScanned rows that passed the filter, as Pinot counts them
/// @param entriesScannedInFilter column values that filters looked at
/// @param totalDocs rows of all segments that were asked
/// @param cpuNanos time that worker threads spent
/// @param starTreeSegments of which records of a star-tree were scanned instead of rows; what was
///   scanned is then counted in records
/// @param spilledBytes that were written to temporary files because they did not fit in memory
/// @param spillFiles how many of these there were
public record QueryStats(
    long segmentsQueried,
    long segmentsPruned,
    long segmentsMatched,
    long docsScanned,
    long entriesScannedInFilter,
    long totalDocs,
    long cpuNanos,
    long starTreeSegments,
    long spilledBytes,
    long spillFiles) {
  public static final QueryStats NONE = new QueryStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  public QueryStats plus(QueryStats other) {
    return new QueryStats(
        segmentsQueried + other.segmentsQueried,
        segmentsPruned + other.segmentsPruned,
        segmentsMatched + other.segmentsMatched,
        docsScanned + other.docsScanned,
        entriesScannedInFilter + other.entriesScannedInFilter,
        totalDocs + other.totalDocs,
        cpuNanos + other.cpuNanos,
        starTreeSegments + other.starTreeSegments,
        spilledBytes + other.spilledBytes,
        spillFiles + other.spillFiles);
  }

  public void write(ByteWriter out) {
    out.writeVarLong(segmentsQueried)
        .writeVarLong(segmentsPruned)
        .writeVarLong(segmentsMatched)
        .writeVarLong(docsScanned)
        .writeVarLong(entriesScannedInFilter)
        .writeVarLong(totalDocs)
        .writeVarLong(cpuNanos)
        .writeVarLong(starTreeSegments)
        .writeVarLong(spilledBytes)
        .writeVarLong(spillFiles);
  }

  public static QueryStats read(ByteReader in) {
    return new QueryStats(
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong(),
        in.readVarLong());
  }
}
