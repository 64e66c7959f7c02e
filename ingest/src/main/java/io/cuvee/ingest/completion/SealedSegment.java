package io.cuvee.ingest.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.util.Map;
import java.util.TreeMap;

/// A sealed segment that a replica has put into the deep store.
///
/// @param url of the archive; no two uploads have the same
/// @param crc of the segment's data
/// @param totalDocs rows
/// @param sizeBytes of the archive
/// @param distinctCounts how many values columns have
public record SealedSegment(
    String url, long crc, long totalDocs, long sizeBytes, Map<String, Long> distinctCounts) {
  public SealedSegment {
    distinctCounts = Map.copyOf(distinctCounts);
  }

  ObjectNode toNode() {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("url", url)
            .put("crc", crc)
            .put("totalDocs", totalDocs)
            .put("sizeBytes", sizeBytes);
    ObjectNode counts = node.putObject("distinctCounts");
    new TreeMap<>(distinctCounts).forEach(counts::put);
    return node;
  }

  static SealedSegment of(JsonNode node) {
    Map<String, Long> counts = new TreeMap<>();
    node.path("distinctCounts")
        .properties()
        .forEach(column -> counts.put(column.getKey(), column.getValue().asLong()));
    return new SealedSegment(
        node.path("url").asText(),
        node.path("crc").asLong(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        counts);
  }
}
