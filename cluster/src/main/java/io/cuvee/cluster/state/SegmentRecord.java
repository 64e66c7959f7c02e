package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the cluster knows of a segment; kept as JSON under `segments/{physicalTable}/{segment}` of
/// the metadata. A consuming segment has neither rows nor a URL yet, and the CRC 0.
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
/// @param stream which messages it holds; absent if it was uploaded
/// @param scope which rows it may hold, to leave it out of queries
/// @param marks what background tasks noted of this version, by names of theirs
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
    Optional<StreamRange> stream,
    SegmentScope scope,
    Map<String, String> marks) {
  public SegmentRecord {
    distinctCounts = DistinctCounts.copyOf(distinctCounts);
    marks = Map.copyOf(marks);
  }

  /// A record without marks.
  public SegmentRecord(
      String table,
      String name,
      long crc,
      String downloadUrl,
      long totalDocs,
      long sizeBytes,
      long createdMillis,
      boolean arriving,
      Map<String, Long> distinctCounts,
      Optional<StreamRange> stream,
      SegmentScope scope) {
    this(
        table,
        name,
        crc,
        downloadUrl,
        totalDocs,
        sizeBytes,
        createdMillis,
        arriving,
        distinctCounts,
        stream,
        scope,
        Map.of());
  }

  /// A record of a segment that was uploaded.
  public SegmentRecord(
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
    this(
        table,
        name,
        crc,
        downloadUrl,
        totalDocs,
        sizeBytes,
        createdMillis,
        arriving,
        distinctCounts,
        Optional.empty(),
        scope);
  }

  /// A record of a segment that begins to consume.
  public static SegmentRecord consuming(
      String table, String name, long createdMillis, StreamRange range) {
    return new SegmentRecord(
        table,
        name,
        0,
        "",
        0,
        0,
        createdMillis,
        false,
        Map.of(),
        Optional.of(range),
        SegmentScope.UNKNOWN);
  }

  /// Whether a stream still fills it.
  public boolean isConsuming() {
    return stream.isPresent() && stream.get().isOpen();
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
        stream,
        scope,
        marks);
  }

  /// The same record of a segment whose object is at another place.
  public SegmentRecord withDownloadUrl(String url) {
    return new SegmentRecord(
        table,
        name,
        crc,
        url,
        totalDocs,
        sizeBytes,
        createdMillis,
        arriving,
        distinctCounts,
        stream,
        scope,
        marks);
  }

  /// The same record with other marks.
  public SegmentRecord withMarks(Map<String, String> newMarks) {
    return new SegmentRecord(
        table,
        name,
        crc,
        downloadUrl,
        totalDocs,
        sizeBytes,
        createdMillis,
        arriving,
        distinctCounts,
        stream,
        scope,
        newMarks);
  }

  /// The newest segment of each partition, of those that a stream fills or has filled.
  public static Map<Integer, SegmentRecord> newest(Collection<SegmentRecord> records) {
    Map<Integer, SegmentRecord> newest = new TreeMap<>();
    for (SegmentRecord record : records) {
      record.stream()
          .ifPresent(range ->
              newest.merge(
                  range.partition(), record, (a, b) -> sequence(a) >= sequence(b) ? a : b));
    }
    return newest;
  }

  private static long sequence(SegmentRecord record) {
    return record.stream().orElseThrow().sequence();
  }

  /// The path of the record in the metadata.
  public static String path(String table, String segment) {
    return "segments/" + table + "/" + segment;
  }

  public SegmentKey key() {
    return new SegmentKey(table, name);
  }

  /// The counts as they are kept.
  public DistinctCounts counts() {
    return DistinctCounts.copyOf(distinctCounts);
  }

  public static SegmentRecord parse(String json) {
    JsonNode node = Json.object(json, "segment record", ErrorCode.INTERNAL);
    return parse(node, node.path("table").asText(), node.path("name").asText());
  }

  /// As [#parse(String)], for those who keep very many: with names that they have anyway.
  ///
  /// @param table as in the record
  /// @param name as in the record
  public static SegmentRecord parse(String json, String table, String name) {
    return parse(Json.object(json, "segment record", ErrorCode.INTERNAL), table, name);
  }

  private static SegmentRecord parse(JsonNode node, String table, String name) {
    Map<String, Long> distinctCounts = new HashMap<>();
    node.path("distinctCounts")
        .properties()
        .forEach(column -> distinctCounts.put(column.getKey(), column.getValue().asLong()));
    return new SegmentRecord(
        table,
        name,
        node.path("crc").asLong(),
        node.path("downloadUrl").asText(),
        node.path("totalDocs").asLong(),
        node.path("sizeBytes").asLong(),
        node.path("createdMillis").asLong(),
        node.path("arriving").asBoolean(false),
        distinctCounts,
        node.has("stream") ? Optional.of(range(node.path("stream"))) : Optional.empty(),
        SegmentScope.read(node),
        Json.texts(node.path("marks")));
  }

  private static StreamRange range(JsonNode node) {
    List<StreamRange.Gap> gaps = new ArrayList<>();
    node.path("gaps")
        .forEach(gap ->
            gaps.add(new StreamRange.Gap(gap.path("from").asLong(), gap.path("to").asLong())));
    StreamRange open =
        StreamRange.from(
                node.path("partition").asInt(),
                node.path("sequence").asLong(),
                node.path("startOffset").asLong())
            .withGaps(gaps);
    return node.has("endOffset") ? open.until(node.path("endOffset").asLong()) : open;
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
    stream.ifPresent(range -> {
      ObjectNode part =
          node.putObject("stream")
              .put("partition", range.partition())
              .put("sequence", range.sequence())
              .put("startOffset", range.startOffset());
      range.endOffset().ifPresent(end -> part.put("endOffset", end));
      if (!range.gaps().isEmpty()) {
        ArrayNode list = part.putArray("gaps");
        range.gaps().forEach(gap -> list.addObject().put("from", gap.from()).put("to", gap.to()));
      }
    });
    scope.write(node);
    if (!marks.isEmpty()) {
      ObjectNode noted = node.putObject("marks");
      new TreeMap<>(marks).forEach(noted::put);
    }
    return node.toString();
  }
}
