package io.cuvee.cluster.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Which rows of the REALTIME half of a table are in its OFFLINE half: of each partition's segments
/// up to a sequence number those with times from `from` to before `until`. It is kept in the
/// metadata, and changes at once with the segments that hold the rows.
///
/// @param from of rows with smaller times none is moved: whoever uploaded the segments that the
///   OFFLINE half had before has those
/// @param until times as the time column stores them
/// @param sequences the last segment of each partition whose rows were looked at
public record MovedRows(long from, long until, Map<Integer, Long> sequences) {
  /// The type of the tasks that move rows.
  public static final String TASK = "RealtimeToOfflineSegmentsTask";

  private static final int VERSION = 1;

  public MovedRows {
    sequences = Map.copyOf(sequences);
  }

  /// Where it is kept.
  public static String path(String table) {
    return "moved/" + TableType.OFFLINE.physicalName(TableType.logicalName(table));
  }

  /// Whether the rows of this part of the stream were looked at.
  public boolean hasRead(StreamRange range) {
    return sequences.getOrDefault(range.partition(), -1L) >= range.sequence();
  }

  /// Whether no row of a segment is still to be moved.
  public boolean holds(SegmentRecord segment) {
    return segment.stream().filter(this::hasRead).isPresent()
        && segment.scope().time().stream().allMatch(time -> time.max() < until);
  }

  public String toJson() {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("version", VERSION)
            .put("from", from)
            .put("until", until);
    ObjectNode partitions = node.putObject("sequences");
    new TreeMap<>(sequences)
        .forEach((partition, sequence) -> partitions.put(partition.toString(), sequence));
    return node.toString();
  }

  /// @throws CuveeException `INTERNAL` if it is none
  public static MovedRows parse(String text) {
    JsonNode node = Json.object(text, "record of moved rows", ErrorCode.INTERNAL);
    if (node.path("version").asInt() != VERSION) {
      throw new CuveeException(
          ErrorCode.INTERNAL,
          "The record of moved rows has version "
              + node.path("version").asText()
              + ", and this release reads version "
              + VERSION
              + ".");
    }
    Map<Integer, Long> sequences = new TreeMap<>();
    node.path("sequences")
        .properties()
        .forEach(
            entry -> sequences.put(Integer.parseInt(entry.getKey()), entry.getValue().asLong()));
    return new MovedRows(node.path("from").asLong(), node.path("until").asLong(), sequences);
  }

  /// A step from one record to the next.
  ///
  /// @param before what must be there still; absent if there is none yet
  public record Step(Optional<MovedRows> before, MovedRows after) {}
}
