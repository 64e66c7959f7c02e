package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;

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
public record SegmentRecord(
    String table,
    String name,
    long crc,
    String downloadUrl,
    long totalDocs,
    long sizeBytes,
    long createdMillis,
    boolean arriving) {
  /// A record of a segment that belongs to its table.
  public SegmentRecord(
      String table,
      String name,
      long crc,
      String downloadUrl,
      long totalDocs,
      long sizeBytes,
      long createdMillis) {
    this(table, name, crc, downloadUrl, totalDocs, sizeBytes, createdMillis, false);
  }

  /// The same record of a segment that is still arriving, or no longer.
  public SegmentRecord withArriving(boolean isArriving) {
    return new SegmentRecord(
        table, name, crc, downloadUrl, totalDocs, sizeBytes, createdMillis, isArriving);
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
    return new SegmentRecord(
        node.path("table").asText(),
        node.path("name").asText(),
        node.path("crc").asLong(),
        node.path("downloadUrl").asText(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        node.path("createdMillis").asLong(),
        node.path("arriving").asBoolean(false));
  }

  public String toJson() {
    return Json.MAPPER
        .createObjectNode()
        .put("table", table)
        .put("name", name)
        .put("crc", crc)
        .put("downloadUrl", downloadUrl)
        .put("totalDocs", totalDocs)
        .put("sizeBytes", sizeBytes)
        .put("createdMillis", createdMillis)
        .put("arriving", arriving)
        .toString();
  }
}
