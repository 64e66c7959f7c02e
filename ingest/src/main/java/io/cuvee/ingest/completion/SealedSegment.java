package io.cuvee.ingest.completion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.ingest.stream.OffsetGap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A sealed segment that a replica has put into the deep store.
///
/// @param url of the archive; no two uploads have the same
/// @param crc of the segment's data
/// @param totalDocs rows
/// @param sizeBytes of the archive
/// @param distinctCounts how many values columns have
/// @param gaps offsets in its range that the stream did not have
/// @param times of its rows; absent if the table has no time column of numbers, or no row a time
public record SealedSegment(
    String url,
    long crc,
    long totalDocs,
    long sizeBytes,
    Map<String, Long> distinctCounts,
    List<OffsetGap> gaps,
    Optional<Times> times) {
  /// The smallest and the largest value of the table's time column, as it stores them.
  ///
  /// @param hasNulls whether some rows have no time
  public record Times(String column, long min, long max, boolean hasNulls) {}

  public SealedSegment {
    distinctCounts = Map.copyOf(distinctCounts);
    gaps = List.copyOf(gaps);
  }

  public SealedSegment(
      String url, long crc, long totalDocs, long sizeBytes, Map<String, Long> distinctCounts) {
    this(url, crc, totalDocs, sizeBytes, distinctCounts, List.of(), Optional.empty());
  }

  public SealedSegment withGaps(List<OffsetGap> found) {
    return new SealedSegment(url, crc, totalDocs, sizeBytes, distinctCounts, found, times);
  }

  public SealedSegment withTimes(Optional<Times> found) {
    return new SealedSegment(url, crc, totalDocs, sizeBytes, distinctCounts, gaps, found);
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
    times.ifPresent(range ->
        node.putObject("times")
            .put("column", range.column())
            .put("min", range.min())
            .put("max", range.max())
            .put("hasNulls", range.hasNulls()));
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
    JsonNode times = node.path("times");
    return new SealedSegment(
        node.path("url").asText(),
        node.path("crc").asLong(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        counts,
        gaps,
        times.isObject()
            ? Optional.of(
                new Times(
                    times.path("column").asText(),
                    times.path("min").asLong(),
                    times.path("max").asLong(),
                    times.path("hasNulls").asBoolean()))
            : Optional.empty());
  }
}
