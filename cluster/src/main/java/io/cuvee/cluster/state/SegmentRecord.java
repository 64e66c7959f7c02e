package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What the cluster knows of a sealed segment; kept as JSON under
/// `segments/{physicalTable}/{segment}` of the metadata.
///
/// @param table physical table
/// @param crc of the segment's data
/// @param downloadUrl where the archive is in the deep store
/// @param totalDocs rows
/// @param sizeBytes of the archive
/// @param createdMillis when this version was stored
/// @param arriving true from the moment the segment is stored until its replicas have loaded it for
///   the first time: brokers do not show it yet. From then on it belongs to the table, and a query
///   that cannot reach it is an error, not a shorter answer. The leading controller clears it as
///   soon as they have, and before it answers an upload that waits; a replaced segment keeps it
///   false, because the old version answers until the new one is loaded.
/// @param distinctCounts how many values columns have, for planning; those with nearly as many as
///   rows are left out
/// @param scope which rows it may hold, to leave it out of queries
public record SegmentRecord(
    String table,
    String name,
    long crc,
    String downloadUrl,
    long totalDocs,
    long sizeBytes,
    long createdMillis,
    boolean arriving,
    Map<String, Long> distinctCounts,
    SegmentScope scope) {
  public SegmentRecord {
    distinctCounts = Map.copyOf(distinctCounts);
  }

  /// A record of a segment that belongs to its table.
  public SegmentRecord(
      String table,
      String name,
      long crc,
      String downloadUrl,
      long totalDocs,
      long sizeBytes,
      long createdMillis) {
    this(
        table,
        name,
        crc,
        downloadUrl,
        totalDocs,
        sizeBytes,
        createdMillis,
        false,
        Map.of(),
        SegmentScope.UNKNOWN);
  }

  /// The same record of a segment that is still arriving, or no longer.
  public SegmentRecord withArriving(boolean isArriving) {
    return new SegmentRecord(
        table,
        name,
        crc,
        downloadUrl,
        totalDocs,
        sizeBytes,
        createdMillis,
        isArriving,
        distinctCounts,
        scope);
  }

  /// The path of the record in the metadata.
  public static String path(String table, String segment) {
    return "segments/" + table + "/" + segment;
  }

  public SegmentKey key() {
    return new SegmentKey(table, name);
  }

  public static SegmentRecord parse(String json) {
    JsonNode node = Json.object(json, "segment record", ErrorCode.INTERNAL);
    Map<String, Long> distinctCounts = new HashMap<>();
    node.path("distinctCounts")
        .properties()
        .forEach(column -> distinctCounts.put(column.getKey(), column.getValue().asLong()));
    return new SegmentRecord(
        node.path("table").asText(),
        node.path("name").asText(),
        node.path("crc").asLong(),
        node.path("downloadUrl").asText(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        node.path("createdMillis").asLong(),
        node.path("arriving").asBoolean(false),
        distinctCounts,
        SegmentScope.read(node));
  }

  public String toJson() {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("table", table)
            .put("name", name)
            .put("crc", crc)
            .put("downloadUrl", downloadUrl)
            .put("totalDocs", totalDocs)
            .put("sizeBytes", sizeBytes)
            .put("createdMillis", createdMillis)
            .put("arriving", arriving);
    if (!distinctCounts.isEmpty()) {
      ObjectNode counts = node.putObject("distinctCounts");
      new TreeMap<>(distinctCounts).forEach(counts::put);
    }
    scope.write(node);
    return node.toString();
  }
}
