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
public record SegmentRecord(
    String table,
    String name,
    long crc,
    String downloadUrl,
    long totalDocs,
    long sizeBytes,
    long createdMillis) {
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
        node.path("createdMillis").asLong());
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
        .toString();
  }
}
