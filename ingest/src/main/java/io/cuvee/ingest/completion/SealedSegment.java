package io.cuvee.ingest.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.ingest.stream.OffsetGap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A sealed segment that a replica has put into the deep store.
///
/// @param url of the archive; no two uploads have the same
/// @param crc of the segment's data
/// @param totalDocs rows
/// @param sizeBytes of the archive
/// @param distinctCounts how many values columns have
/// @param gaps offsets in its range that the stream did not have
public record SealedSegment(
    String url,
    long crc,
    long totalDocs,
    long sizeBytes,
    Map<String, Long> distinctCounts,
    List<OffsetGap> gaps) {
  public SealedSegment {
    distinctCounts = Map.copyOf(distinctCounts);
    gaps = List.copyOf(gaps);
  }

  public SealedSegment(
      String url, long crc, long totalDocs, long sizeBytes, Map<String, Long> distinctCounts) {
    this(url, crc, totalDocs, sizeBytes, distinctCounts, List.of());
  }

  public SealedSegment withGaps(List<OffsetGap> found) {
    return new SealedSegment(url, crc, totalDocs, sizeBytes, distinctCounts, found);
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
    if (!gaps.isEmpty()) {
      ArrayNode list = node.putArray("gaps");
      gaps.forEach(gap -> list.addObject().put("from", gap.from()).put("to", gap.to()));
    }
    return node;
  }

  static SealedSegment of(JsonNode node) {
    Map<String, Long> counts = new TreeMap<>();
    node.path("distinctCounts")
        .properties()
        .forEach(column -> counts.put(column.getKey(), column.getValue().asLong()));
    List<OffsetGap> gaps = new ArrayList<>();
    node.path("gaps")
        .forEach(
            gap -> gaps.add(new OffsetGap(gap.path("from").asLong(), gap.path("to").asLong())));
    return new SealedSegment(
        node.path("url").asText(),
        node.path("crc").asLong(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        counts,
        gaps);
  }
}
